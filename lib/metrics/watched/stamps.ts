import type { Host } from "../../model/host.ts";

/** Where the databases of packages lie. */
export const dpkg = "/var/lib/dpkg/status";
export const apk = "/lib/apk/db/installed";
export const rpm = ["/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages"];
const databases = [dpkg, apk, ...rpm, ...rpm.map((path) => `${path}-wal`)];

/** The stamps of these files and of what is looked for, and of those of the packages. */
export async function stampsOf(
  host: Host,
  files: readonly string[],
  off: readonly string[],
): Promise<{ readonly files: string; readonly packages: string }> {
  const [ofFiles, packages] = [await host.stamp(files), await host.stamp(databases)];
  // Switching a kind on or off changes the stamp, too.
  return { files: [ofFiles, ...off].join(" "), packages };
}
