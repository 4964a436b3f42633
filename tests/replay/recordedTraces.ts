import type { Trace } from "./trace.ts";
/** Recorded. */
export const recordedTraces: readonly Trace[] = [];
