/*
 * What recipes read of other programs' files. Each takes what it needs, so that no reader of the whole format is needed.
 */

/**
 * A value of a YAML file by its name, or by those of its table and its name: `url`, `redis.host`. Null where it is not
 * there, or no plain word.
 */
export function yamlValue(text: string, name: string): string | null {
  const [first = "", second] = name.split(".");
  let table = "";
  for (const line of text.split("\n")) {
    const [, indent = "", key = "", rest = ""] = /^( *)([\w-]+):(?:\s+(.*))?$/.exec(line.replace(/\s+#.*$/, "")) ?? [];
    if (key === "") continue;
    if (indent === "") table = key;
    const isIt =
      second === undefined ? indent === "" && key === first : indent !== "" && table === first && key === second;
    const value = rest.trim().replace(/^(["'])(.*)\1$/, "$2");
    if (isIt && value !== "" && !/^[[{|>&*!"']/.test(value)) return value;
  }
  return null;
}

/** A variable of a file with `NAME=value` lines; null where it is not there or empty. */
export function variable(text: string, name: string): string | null {
  const value = new RegExp(`^\\s*(?:export )?${name}=(.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
  return value.replace(/^(["'])(.*)\1$/, "$2") || null;
}

/** The certificates of nginx's configuration, each once. */
export function nginxCertificates(text: string): readonly string[] {
  const paths = Array.from(
    text.matchAll(/(?:^|^[^#\n]*[;{])\s*ssl_certificate\s+["']?(\/[^\s;"'$]+)["']?\s*;/gm),
    ([, path = ""]) => path,
  );
  return [...new Set(paths)];
}
