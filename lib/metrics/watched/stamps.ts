import type { Host } from "../../model/host.ts";

/** Where the databases of packages lie. */
export const dpkg = "/var/lib/dpkg/status";
export const apk = "/lib/apk/db/installed";
export const rpm = ["/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages"];
const databases = [dpkg, apk, ...rpm, ...rpm.map((path) => `${path}-wal`)];

/** Whether two are the same is all that is asked: 64 bits of FNV-1a over both halves. */
function digest(text: string): string {
  let [one, other] = [0x811c9dc5, 0x01000193];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x5bd1e995);
  }
  return `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}-${text.length}`;
}

/** Hashes of the stamps of these files and of what is looked for, and of those of the packages. */
export async function stampsOf(
  host: Host,
  files: readonly string[],
  off: readonly string[],
): Promise<{ readonly files: string; readonly packages: string }> {
  const stamps = await host.stamps([...databases, ...files]);
  const of = (from: number, to?: number) => digest([...stamps.slice(from, to), ...off].join(" "));
  return { files: of(databases.length), packages: of(0, databases.length) };
}
