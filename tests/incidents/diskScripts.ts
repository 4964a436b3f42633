import type { Scripts, Stage } from "./stage.ts";

/** A disk of its own, in memory. */
const disk = (mount: string, mebibytes: number, options = "") => `
mkdir -p ${mount}
truncate -s ${mebibytes}M "$W/${mount.replaceAll("/", "-")}"
mkfs.ext4 -q ${options} -m 0 "$W/${mount.replaceAll("/", "-")}"
mount -o loop "$W/${mount.replaceAll("/", "-")}" ${mount}`;

/** A file of so many MiB, not of zeros that take no room. */
const file = (path: string, mebibytes: number) => `
mkdir -p "$(dirname ${path})"
head -c ${mebibytes}M /dev/zero >${path}`;

/** A disk that is two thirds full is looked at twice, so that its directories are known; then something grows. */
async function grow(stage: Stage, mount: string, before: string, after: string): Promise<string> {
  stage.shell(`mount -t tmpfs tmpfs /srv\n${disk(mount, 225)}\n${file(`${mount}/other/data`, 125)}\n${before}`);
  await stage.report(0);
  await stage.report();
  stage.shell(after);
  return stage.firstAlert(`isk ${mount}`);
}

export const diskScripts: Scripts = {
  runawayLog: {
    play: (stage) =>
      grow(stage, "/srv", file("/srv/app/log/debug.log", 5), `${file("/srv/app/log/debug.log.1", 55)}; sync`),
  },
  walPileUp: {
    play: (stage) =>
      grow(
        stage,
        "/srv/postgresql",
        file("/srv/postgresql/15/main/pg_wal/000000010000000000000001", 16),
        ["2", "3", "4"]
          .map((last) => file(`/srv/postgresql/15/main/pg_wal/00000001000000000000000${last}`, 16))
          .join("\n"),
      ),
  },
  deletedFile: {
    play: (stage) =>
      grow(
        stage,
        "/srv",
        `cp "$(which sleep)" "$W/hoarder"`,
        `exec 9>/srv/app.log; head -c 60M /dev/zero >&9; rm /srv/app.log; "$W/hoarder" 1000 >/dev/null 2>&1 &`,
      ),
  },
};
