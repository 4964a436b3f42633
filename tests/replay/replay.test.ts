import { expect, test } from "bun:test";

import { judgeTrace } from "./replay.ts";
import { traces } from "./traces.ts";

const runs = traces.map((trace) => [trace.name, trace.every, trace] as const);

/** Simulated days are work for the CPU alone: how long they take says nothing but how busy the machine is. */
const withoutLimit = 0;

test.each(runs)(
  "%s, every %d minutes: what goes wrong is announced in time, and nothing else",
  (_, _every, trace) => {
    const { missed, unexpected } = judgeTrace(trace);
    expect({ missed, unexpected }).toEqual({ missed: [], unexpected: [] });
  },
  withoutLimit,
);
