/** What is installed: the version by the name, with a word behind it where it is only half so. */
export type Packages = ReadonlyMap<string, string>;

/** Parses /var/lib/dpkg/status, `dpkg-query(1)`. One that was removed and left its settings is not there. */
export function parseDpkgStatus(text: string): Packages {
  const found = new Map<string, string>();
  for (const part of text.split("\n\n")) {
    const name = field(part, "Package");
    const state = field(part, "Status")?.split(" ")[2] ?? "";
    const version = field(part, "Version");
    if (name === null || version === null || ["not-installed", "config-files", ""].includes(state)) continue;
    const arch = found.has(name) ? `:${field(part, "Architecture") ?? ""}` : "";
    found.set(`${name}${arch}`, state === "installed" ? version : `${version} ${state}`);
  }
  return found;
}

function field(part: string, name: string): string | null {
  const from = part.startsWith(`${name}: `) ? 0 : part.indexOf(`\n${name}: `) + 1;
  if (from === 0 && !part.startsWith(`${name}: `)) return null;
  const end = part.indexOf("\n", from);
  return part.slice(from + name.length + 2, end === -1 ? undefined : end);
}

/** Parses `rpm -qa` with one `NAME VERSION` a line; several kernels have one name. */
export function parseRpm(text: string): Packages {
  const found = new Map<string, string>();
  for (const line of text.split("\n").toSorted()) {
    const [name = "", version = ""] = line.split(" ");
    if (name !== "") found.set(name, [found.get(name), version].filter(Boolean).join("+"));
  }
  return found;
}

/** Parses /lib/apk/db/installed. */
export function parseApk(text: string): Packages {
  const parts = text.split("\n\n").map((part) => [apkField(part, "P"), apkField(part, "V")] as const);
  return new Map(parts.filter(([name]) => name !== ""));
}

const apkField = (part: string, letter: string) => new RegExp(`^${letter}:(.*)$`, "m").exec(part)?.[1] ?? "";

/** The files of some packages of apk, by package. */
export function parseApkFiles(text: string, names: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const parts = text.split("\n\n").filter((part) => names.has(apkField(part, "P")));
  return new Map(
    parts.map((part) => {
      let directory = "";
      const files: string[] = [];
      for (const line of part.split("\n")) {
        if (line.startsWith("F:")) directory = line.slice(2);
        if (line.startsWith("R:")) files.push(`/${directory}/${line.slice(2)}`);
      }
      return [apkField(part, "P"), files] as const;
    }),
  );
}

/** What the world knows, before the libraries of it. */
const telling =
  /^(?:linux-image|kernel(?:-core)?$|postgres|mysql|mariadb|nginx|apache2|httpd|redis|valkey|docker|containerd|podman|openssh|openssl|systemd$|nodejs|php|python3$|sudo$|glibc$|certbot|caddy|haproxy|postfix|dovecot|bind9|samba|nfs)/;

/** A name that tells more goes first. */
export function mostTelling(names: readonly string[]): readonly string[] {
  const rank = (name: string) => (telling.test(name) ? 0 : /^lib(?!ssl|c6$)/.test(name) ? 2 : 1);
  return names.toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}
