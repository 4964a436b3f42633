import { linkSync, openSync, unlinkSync } from "node:fs";
import * as v from "valibot";

import { binary } from "./needs.ts";
import type { Finished } from "./project.ts";

const Shown = v.object({
  schema: v.literal(1),
  verdict: v.string(),
  readings: v.record(
    v.string(),
    v.object({ status: v.string(), reason: v.optional(v.string()), value: v.optional(v.unknown()) }),
  ),
  observations: v.array(
    v.object({ key: v.string(), name: v.string(), labels: v.record(v.string(), v.string()), value: v.number() }),
  ),
});

/** What `show --json` said, as far as the tests look. */
export type Shown = v.InferOutput<typeof Shown>;

/** The document that `show --json` printed. Throws when it failed, complained or printed something else. */
export function parseShown({ status, stdout, stderr }: Finished): Shown {
  if (status !== 0 || stderr !== "") throw new Error(`show ended with ${status}: ${stderr}`);
  return v.parse(Shown, JSON.parse(stdout));
}

/** The value of an observation; throws when it was not made. */
export function valueOf({ observations }: Shown, key: string): number {
  const found = observations.find((observation) => observation.key === key);
  if (found === undefined) throw new Error(`no observation ${key}`);
  return found.value;
}

/** The names of the metrics that could be read. */
export function namesOk({ readings }: Shown): readonly string[] {
  return Object.keys(readings).filter((name) => readings[name]?.status === "ok");
}

/** A command that shows everything at once, and knows of no earlier report. */
export const show = [binary, "show", "--json", "--sample", "0", "--state-dir", "none"];

let alone: string | undefined;

/**
 * The program by a file that has no name any more, so that it cannot start itself as a helper. Then there is no inventory,
 * which costs four times as much as all the rest. For this user, where /proc is that of the tests.
 */
function programAlone(): string {
  const name = `${binary}.${process.pid}`;
  linkSync(binary, name);
  try {
    return `/proc/${process.pid}/fd/${openSync(name, "r")}`;
  } finally {
    unlinkSync(name);
  }
}

/** The same without the inventory, for tests that look at other numbers, and often. */
export const showNumbers = (): readonly string[] => show.with(0, (alone ??= programAlone()));

/** The same with a sample window. */
export const showFor = (seconds: number): readonly string[] => showNumbers().with(4, String(seconds));
