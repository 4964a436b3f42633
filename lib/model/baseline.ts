import * as v from "valibot";

import { timeMs } from "../clock.ts";

/**
 * What is usual, so that what grew can be told: the memory of each unit and container at the last errands of the day, and
 * the sizes of directories once a week.
 */
const Baseline = v.object({
  groups: v.fallback(v.array(v.object({ atMs: timeMs, memory: v.record(v.string(), v.number()) })), []),
  /** By mount point: KiB by path, as `du(1)` counts. */
  directories: v.fallback(
    v.record(v.string(), v.object({ atMs: timeMs, isWhole: v.boolean(), sizes: v.record(v.string(), v.number()) })),
    {},
  ),
});
export type Baseline = Readonly<v.InferOutput<typeof Baseline>>;
export type Directories = Baseline["directories"][string];

const empty: Baseline = { groups: [], directories: {} };

/** The inverse of `JSON.stringify`; nothing is usual where the text is another one. */
export function parseBaseline(text: string | null): Baseline {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Baseline), text);
  return parsed.success ? parsed.output : empty;
}
