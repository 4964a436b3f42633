import { Unavailable } from "../../lib/model/host.ts";
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

/** What an engine answers about its disk. */
const diskUse = { Images: [{ Size: 90 * 1024 ** 2, SharedSize: 0, Containers: 0 }], BuildCache: null };

/** What fills disks. */
export const diskScripts: Scripts = {
  images: {
    play: async (stage) => {
      stage.shell(`
mkdir "$W/upper" "$W/lower"
mount -t overlay overlay -o "lowerdir=/var/lib,upperdir=$W/upper,workdir=$W/lower" /var/lib
mount -t tmpfs tmpfs /run`);
      using engine = Bun.serve({
        unix: "/run/docker.sock",
        fetch: ({ url }) => Response.json(url.endsWith("/system/df") ? diskUse : []),
      });
      engine.ref();
      return await grow(stage, "/var/lib/docker", "", file("/var/lib/docker/overlay2/abc/diff/layer", 60));
    },
  },
  fullInodes: {
    play: async (stage) => {
      stage.shell(
        `mount -t tmpfs tmpfs /srv\n${disk("/srv", 60, "-N 2000")}\nmkdir -p /srv/www/sessions /srv/www/html`,
      );
      await stage.report(0);
      await stage.report();
      stage.shell(`cd /srv/www/sessions; seq 1900 | xargs touch`);
      return stage.firstAlert("inodes");
    },
  },
  missingDisk: {
    play: async (stage) => {
      stage.shell(`
mkdir "$W/upper" "$W/lower"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$W/upper,workdir=$W/lower" /etc
mount -t tmpfs tmpfs /mnt
${disk("/mnt/media", 60)}
echo "LABEL=media /mnt/media ext4 defaults 0 2" >>/etc/fstab`);
      // The machine that this runs on may call itself a container, in which fstab says nothing.
      stage.pretend((host) => ({
        readFile: async (path) => {
          if (path === "/.dockerenv") throw new Unavailable("/.dockerenv is not there");
          return host.readFile(path);
        },
      }));
      await stage.report(0);
      await stage.report();
      stage.shell("umount /mnt/media");
      stage.reboot();
      return stage.firstAlert("/mnt/media is not mounted");
    },
  },
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
