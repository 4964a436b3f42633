import * as v from "valibot";

import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import { wantedMounts } from "../proc/fstab.ts";
import { type Mount, nameOfBytes, parseMountinfo } from "../proc/mountinfo.ts";

const schema = v.array(v.object({ mount: v.string(), isMounted: v.boolean() }));

/**
 * The mounts that /etc/fstab asks for at boot, and whether they are there. Sources: /etc/fstab, `fstab(5)`;
 * /proc/self/mountinfo and /proc/self/mounts.
 */
export type Fstab = v.InferOutput<typeof schema>;

/** In a container the file is a leftover of the image. */
const marks = ["/run/systemd/container", "/.dockerenv", "/run/.containerenv"];

async function collectFstab(host: Host): Promise<Fstab> {
  for (const mark of marks) {
    if ((await ifThere(host.readFile(mark))) !== null) throw new Unavailable("not in a container");
  }
  const wanted = wantedMounts(await host.readFile("/etc/fstab"));
  if (wanted.length === 0) throw new Unavailable("/etc/fstab lists no mount");
  const mounts = parseMountinfo(await host.readProc("self/mountinfo", "latin1"));
  // A chroot does not show what the machine has mounted.
  if (!mounts.some(({ mountPoint }) => mountPoint === "/")) throw new Unavailable("the root is not mounted here");
  // That a mount is gone is worth a second source. Where the two disagree, it is not known.
  const listed = pointsOf((await ifThere(host.readProc("self/mounts", "latin1"))) ?? "");
  const isSure = listed.length === mounts.length;
  const isThere = (point: string) => listed.includes(point) || mounts.some((mount) => isAt(mount, point));
  const found = wanted.map((point) => ({ mount: nameOfBytes(point), isMounted: isThere(point) }));
  return found.filter(({ isMounted }) => isMounted || isSure);
}

const pointsOf = (mounts: string) => mounts.split("\n").flatMap((line) => line.split(" ").slice(1, 2));

/** A way through a symbolic link ends at another path of the same last name. */
function isAt({ mountPoint }: Mount, wanted: string): boolean {
  const last = (path: string) => path.slice(path.lastIndexOf("/"));
  return mountPoint === wanted || (wanted !== "/" && last(mountPoint) === last(wanted));
}

/** Is everything mounted that /etc/fstab asks for? What is written to a place without its disk fills another one. */
export const fstab = defineMetric({
  order: 25,
  title: (words) => words.fstab.title,
  schema,
  definitions: {
    mount_missing: gauge("count", "1 when a mount that /etc/fstab asks for is not there."),
  },
  collect: collectFstab,
  observe: (now) =>
    now.flatMap(({ mount, isMounted }) => observations("mount", { missing: isMounted ? 0 : 1 }, { mount })),
  describe: (now, _earlier, { words: { fstab: words } }) => {
    const missing = now.filter(({ isMounted }) => !isMounted);
    if (missing.length === 0)
      return [{ label: words.title, lines: [words.complete(now.length)], importance: "detail", about: [] }];
    return missing.map(({ mount }) => ({
      label: words.label(mount),
      number: "down",
      lines: [words.missing],
      importance: "notable",
      about: [observationKey({ name: "mount_missing", labels: { mount } })],
    }));
  },
});
