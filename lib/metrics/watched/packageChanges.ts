import { dayMs } from "../../clock.ts";
import { type Change, changeOf } from "../../model/change.ts";
import { mostTelling, type Packages } from "../../proc/packages.ts";
import { namesKept } from "./folded.ts";
import type { Kept } from "./kept.ts";
import type { Lines } from "./packed.ts";

/** A day and a late errand. */
const touchedMs = 2 * dayMs;

/** The installed packages at the last look and now. */
export interface Both {
  readonly before: Packages;
  readonly now: Packages;
}

/** The packages as lines of facts. */
export const writePackages = (packages: Packages): string =>
  [...packages].map(([name, one]) => `${name}\t${one}`).join("\n");

/** The inverse. */
export function packagesIn(lines: Lines): Packages {
  const found = new Map<string, string>();
  for (const line of (lines["package"] ?? "").split("\n")) {
    const [name = "", one = ""] = line.split("\t");
    if (name !== "") found.set(name, one);
  }
  return found;
}

/** When packages were installed or changed of late, those of this look among them. At first none was. */
export function touchedNow(before: Kept | null, packages: Both, atMs: number): Record<string, number> {
  const recent = Object.entries(before?.touched ?? {}).filter(([, ms]) => Math.abs(atMs - ms) < touchedMs);
  const names = [...packages.now].flatMap(([name, one]) => (packages.before.get(name) === one ? [] : [name]));
  const fresh = packages.before.size === 0 ? [] : names;
  return Object.fromEntries([...recent, ...fresh.map((name) => [name, atMs] as const)]);
}

/** All that were upgraded, all that are new, all that are gone. One that is only half installed is not told yet. */
export function packageChanges({ before, now }: Both, times: Pick<Change, "atMs" | "sinceMs">): readonly Change[] {
  if (before.size === 0 || now.size === 0) return [];
  const versionOf = (text: string | undefined) => text?.split(" ", 1)[0] ?? null;
  const names = {
    changed: [...now.keys()].filter(
      (name) => before.has(name) && versionOf(before.get(name)) !== versionOf(now.get(name)),
    ),
    added: [...now.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !now.has(name)),
  };
  return (["changed", "added", "removed"] as const).flatMap((action) => {
    const all = mostTelling(names[action]);
    const [subject] = all;
    if (subject === undefined) return [];
    const versions = { before: versionOf(before.get(subject)), after: versionOf(now.get(subject)) };
    return [
      changeOf({
        ...times,
        kind: "package",
        action,
        subject,
        ...versions,
        names: all.slice(0, namesKept),
        count: all.length,
      }),
    ];
  });
}
