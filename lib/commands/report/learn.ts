import { dayMs } from "../../clock.ts";
import { measureDirectories } from "../../measure/directories.ts";
import type { Measurement } from "../../measure/measure.ts";
import { type Baseline, parseBaseline } from "../../model/baseline.ts";
import { usedPercent } from "../../proc/usage.ts";
import { keepSizes } from "../../proc/directories.ts";
import { readGroups } from "../../proc/groups.ts";
import { attempt } from "../../state/fault.ts";
import { getValue, setValue } from "../../state/keyValue.ts";
import type { State } from "../../state/state.ts";
import type { World } from "../../world.ts";

/** Directories are measured so often, and only where it may soon matter. */
const weekMs = 7 * dayMs;
const leastPercent = 60;
/** For all file systems, milliseconds; what takes longer is not known. */
const deadlineMs = 20_000;
/** The days of which the memory of units is kept, so that one of them is always a day old. */
const daysKept = 2;
/** A unit with less memory than this is no cause. */
const leastBytes = 1024 ** 2;

/** Learns what is usual on this machine, once a day, so that the next alert can tell what grew. */
export async function learn(
  world: World,
  { database }: State,
  { snapshot }: Pick<Measurement, "snapshot">,
): Promise<void> {
  const { host } = world.machine;
  const nowMs = snapshot.takenAtMs;
  const before = parseBaseline(getValue(database, "baseline"));
  const directories: Record<string, Baseline["directories"][string]> = {};
  const { storage } = snapshot.readings;
  const all = storage.status === "ok" ? storage.value : [];
  for (const { mount, usage } of all) {
    const known = before.directories[mount];
    if (known !== undefined) directories[mount] = known;
    const isFresh = known !== undefined && nowMs >= known.atMs && nowMs - known.atMs < weekMs;
    if (isFresh || usage === null || (usedPercent(usage) ?? 0) < leastPercent) continue;
    world.allowMs(deadlineMs);
    const sizes = await measureDirectories(host, mount, deadlineMs);
    if (sizes.length > 0) directories[mount] = keepSizes(sizes, nowMs);
  }
  const now = (await readGroups(host).catch(() => [])).flatMap(({ name, memoryBytes }) =>
    (memoryBytes ?? 0) < leastBytes ? [] : [[name, memoryBytes ?? 0] as const],
  );
  const groups = [
    ...before.groups.filter(({ atMs }) => atMs <= nowMs),
    { atMs: nowMs, memory: Object.fromEntries(now) },
  ];
  const learned: Baseline = { groups: now.length === 0 ? [] : groups.slice(-daysKept), directories };
  const isNothing = learned.groups.length === 0 && Object.keys(directories).length === 0;
  attempt(() => setValue(database, "baseline", isNothing ? null : JSON.stringify(learned)));
}
