import { eventTraces } from "./eventTraces.ts";
import { flappingTraces } from "./flappingTraces.ts";
import { loadTraces } from "./loadTraces.ts";
import { recordedTraces } from "./recordedTraces.ts";
import { storageTraces } from "./storageTraces.ts";
import type { Trace } from "./trace.ts";

/** All of them, at both of the cadences that the product is made for. */
export const traces: readonly Trace[] = [
  ...[1, 30].flatMap((every) =>
    [storageTraces, flappingTraces, loadTraces, eventTraces].flatMap((create) => create(every)),
  ),
  ...recordedTraces,
];
