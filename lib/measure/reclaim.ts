import * as v from "valibot";

import { type Host, ifThere } from "../model/host.ts";
import { measurePaths } from "./directories.ts";

/** What a command would free on a file system. It is never run. */
export interface Freeable {
  readonly command: string;
  readonly bytes: number;
}

/** A place that may be emptied, and what stays all the same. */
interface Place {
  readonly command: string;
  readonly paths: readonly string[];
  readonly keepsKib?: number;
}

const journalKeepsMib = 200;
const deadlineMs = 2000;

/** What may be deleted on a file system, measured, the most first. */
export async function findFreeable(host: Host, mount: string, mounts: readonly string[]): Promise<readonly Freeable[]> {
  const isOn = (path: string) => mountOf(path, mounts) === mount;
  const places = [...fixed, ...(await kernelPlace(host))];
  const paths = places.flatMap((place) => place.paths).filter(isOn);
  const [sizes, images] = await Promise.all([
    measurePaths(host, paths, deadlineMs),
    isOn("/var/lib/docker") ? findImages(host) : [],
  ]);
  const found = places.map(({ command, paths: own, keepsKib = 0 }) => {
    const kib = own.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
    return { command, bytes: Math.max(0, kib - keepsKib) * 1024 };
  });
  return [...found, ...images].filter(({ bytes }) => bytes > 0).toSorted((one, other) => other.bytes - one.bytes);
}

const fixed: readonly Place[] = [
  { command: "apt-get clean", paths: ["/var/cache/apt/archives"] },
  { command: "dnf clean all", paths: ["/var/cache/dnf", "/var/cache/libdnf5"] },
  { command: "pacman -Sc", paths: ["/var/cache/pacman/pkg"] },
  {
    command: `journalctl --vacuum-size=${journalKeepsMib}M`,
    paths: ["/var/log/journal"],
    keepsKib: journalKeepsMib * 1024,
  },
];

/** The file system that a path lies on. */
function mountOf(path: string, mounts: readonly string[]): string | undefined {
  return mounts
    .filter((mount) => path === mount || path.startsWith(mount === "/" ? "/" : `${mount}/`))
    .toSorted((one, other) => other.length - one.length)[0];
}

/** Kernels of packages that neither run nor are the newest. */
async function kernelPlace(host: Host): Promise<readonly Place[]> {
  const running = (await ifThere(host.readProc("sys/kernel/osrelease")).catch(() => null))?.trim();
  const boot = (await ifThere(host.list("/boot")).catch(() => null)) ?? [];
  const isApt = (await ifThere(host.list("/var/lib/dpkg")).catch(() => null)) !== null;
  const installed = boot.flatMap((name) => /^vmlinuz-(.+)$/.exec(name)?.[1] ?? []);
  const newest = installed.toSorted(new Intl.Collator("en", { numeric: true }).compare).at(-1);
  const old = installed.filter((version) => version !== running && version !== newest);
  if (!isApt || running === undefined || !installed.includes(running) || old.length === 0) return [];
  const files = boot.filter((name) => old.some((version) => name.endsWith(`-${version}`)));
  const paths = [...old.map((version) => `/lib/modules/${version}`), ...files.map((name) => `/boot/${name}`)];
  return [{ command: "apt-get autoremove --purge", paths }];
}

const DiskUse = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    Images: v.nullish(v.array(v.object({ Size: v.number(), SharedSize: v.number(), Containers: v.number() })), []),
    BuildCache: v.nullish(v.array(v.object({ Size: v.number(), InUse: v.boolean() })), []),
  }),
);

/** Images that no container uses, and what builds left behind, by the engine's own count. */
async function findImages(host: Host): Promise<readonly Freeable[]> {
  const answer = await host.getUnix("/var/run/docker.sock", "/system/df").catch(() => null);
  const parsed = v.safeParse(DiskUse, answer);
  if (!parsed.success) return [];
  const { Images, BuildCache } = parsed.output;
  const sum = (sizes: readonly number[]) => sizes.reduce((all, one) => all + Math.max(0, one), 0);
  const unused = Images.filter(({ Containers }) => Containers === 0);
  return [
    {
      command: "docker image prune -a",
      bytes: sum(unused.map(({ Size, SharedSize }) => Size - Math.max(0, SharedSize))),
    },
    { command: "docker builder prune", bytes: sum(BuildCache.filter(({ InUse }) => !InUse).map(({ Size }) => Size)) },
  ];
}
