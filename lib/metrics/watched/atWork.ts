import { dayMs } from "../../clock.ts";
import { type Host, ifThere } from "../../model/host.ts";
import { type Fact, readFacts, writeFacts } from "../../proc/facts.ts";
import { parseLocks } from "../../proc/locks.ts";
import type { Packages } from "../../proc/packages.ts";
import type { Kept } from "./kept.ts";
import type { Lines } from "./packed.ts";

/** One that broke in its work must not hide for ever what others do. */
const longestMs = dayMs;

/**
 * dpkg writes here what it is about to do before it touches a file, and into `status` when it is done: until then nothing
 * says which package a file is of. See `dbmodify.c` of dpkg.
 */
const journal = "/var/lib/dpkg/updates";

/**
 * rpm and apk hold a lock on one of these while they are at work, and leave the file. See `rpmlock.c` of rpm and
 * `database.c` of apk-tools.
 */
const lockFiles = ["/var/lib/rpm/.rpm.lock", "/usr/lib/sysimage/rpm/.rpm.lock", "/lib/apk/db/lock", "/run/apk/db.lock"];

async function isLocked(host: Host): Promise<boolean> {
  const inodes = (await host.stamps(lockFiles)).flatMap((stamp) => stamp?.split("-")[2] ?? []);
  if (inodes.length === 0) return false;
  const locked = parseLocks(await host.readProc("locks").catch(() => ""));
  return inodes.some((inode) => locked.has(inode));
}

/** Since when a package manager is at work; null while none is. */
export async function workingSince(
  host: Host,
  before: Kept | null,
  packages: { readonly known: Packages; readonly now: Packages | null },
  atMs: number,
): Promise<number | null> {
  const isWriting = ((await ifThere(host.list(journal)).catch(() => null)) ?? []).length > 0;
  return isWriting || isHalfDone(packages) || (await isLocked(host)) ? (before?.workingSinceMs ?? atMs) : null;
}

/** Installed or configured by half, and not so the last time: one that stays so is no work. */
const isHalfDone = ({ known, now }: { readonly known: Packages; readonly now: Packages | null }): boolean =>
  [...(now ?? [])].some(([name, version]) => version.includes(" ") && known.get(name) !== version);

/** Whether the facts that a package may have brought wait for the next quiet look. */
export const isHeld = (sinceMs: number | null, atMs: number): boolean =>
  sinceMs !== null && atMs >= sinceMs && atMs - sinceMs < longestMs;

/** Kinds of which a package may bring all facts. */
const whole = new Set(["package", "port", "setuid", "text"]);

/** Kinds of which a package brings some facts; the administrator makes the others. */
const brought: Readonly<Record<string, (fact: Fact) => boolean>> = {
  unit: ({ path }) => /^\/(?:(?:usr\/)?lib\/systemd|etc\/(?:init\.d|runlevels))\//.test(path),
  cron: ({ path }) => /^\/etc\/(?:cron|periodic\/)/.test(path),
  // A service's own user.
  user: ({ value }) => /^(?!0\b)\d{1,3}\b/.test(value),
};

/** The facts of now, with those before in place of what a package may be about to bring. */
export function holdBack(known: Lines, now: Lines): Lines {
  const held = Object.entries(now).map(([kind, lines]) => {
    const [before, isBrought] = [known[kind], brought[kind]];
    if (before === undefined) return [kind, lines] as const;
    if (whole.has(kind)) return [kind, before] as const;
    return [kind, isBrought === undefined ? lines : mixed(before, lines, isBrought)] as const;
  });
  return Object.fromEntries(held);
}

function mixed(before: string, now: string, isBrought: (fact: Fact) => boolean): string {
  const own = readFacts(now).filter((fact) => !isBrought(fact));
  const keys = new Set(own.map(({ subject, id }) => `${subject}\t${id}`));
  const waiting = readFacts(before).filter((fact) => isBrought(fact) && !keys.has(`${fact.subject}\t${fact.id}`));
  return writeFacts([...own, ...waiting]);
}
