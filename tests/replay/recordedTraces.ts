import { readFileSync } from "node:fs";

import type { KnownObservation } from "../../lib/metrics/index.ts";
import { type Trace, over, within } from "./trace.ts";
import { known } from "../support/known.ts";

const [head = "", ...rows] = readFileSync(`${import.meta.dir}/recorded.tsv`, "utf8")
  .trimEnd()
  .split("\n");
const columns = head.split("\t").map((key) => ({
  name: key.replace(/\{.*/, ""),
  labels: Object.fromEntries([...key.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", text = ""]) => [label, text])),
}));
const moments = rows.map((row): readonly KnownObservation[] => {
  const values = row.split("\t").map(Number);
  return known(columns.map(({ name, labels }, index) => ({ name, labels, value: values[index] ?? Number.NaN })));
});

/**
 * A machine of two cores, recorded by the second and replayed by the minute: somebody's tests for a while, `stress-ng` on
 * both cores, and tests again; meanwhile a disk of 400 MB is filled 8 MB at a time, and emptied.
 */
const recorded: Trace = {
  name: "recorded: stress-ng, and a disk filled and emptied",
  days: moments.length / 1440,
  every: 1,
  at: (minute) => ({ observations: moments[minute] ?? [] }),
  incidents: 4,
  expected: [
    // Nine minutes of tests are too short; after them it is never idle for 20 minutes until all is over.
    within("raised cpu_busy warning", 40, 20, 1),
    over("cpu_busy", 40, 141, 1, 20),
    { what: "raised cpu_busy warning", from: 230, to: 245 },
    within("raised storage_used warning", 174, 0, 1),
    within("worse storage_used critical", 178, 0, 1),
    over("storage_used", 174, 201, 1),
  ],
};

/** What was recorded on real machines. */
export const recordedTraces: readonly Trace[] = [recorded];
