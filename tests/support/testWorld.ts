import { en } from "../../lib/words/en.ts";
import type { World } from "../../lib/world.ts";
import { testHost } from "./testHost.ts";
import { type VirtualClock, virtualClock } from "./virtualClock.ts";

/** A world for tests that remembers what was printed. */
export interface TestWorld extends World {
  readonly clock: VirtualClock;
  /** What was printed so far, without the program's name before each complaint. */
  readonly said: { readonly out: string; readonly errors: readonly string[] };
  /** By how much the deadline of the run was moved, in milliseconds. */
  readonly allowed: readonly number[];
}

/** The real fetch, a clock that does not sleep, a machine that has nothing, and no terminal. */
export function testWorld(more: Partial<World> = {}): TestWorld {
  const clock = virtualClock();
  const said = { out: "", errors: new Array<string>() };
  const allowed: number[] = [];
  return {
    argv: [],
    env: {},
    machine: { host: testHost({}), clock },
    fetch,
    random: () => 0.5,
    output: {
      out: (text) => void (said.out += text),
      error: (text) => void said.errors.push(...text.trimEnd().split("\n").map(withoutName)),
      isTerminal: false,
      columns: null,
      doing: () => undefined,
      conceal: () => undefined,
    },
    openScreen: async () => null,
    readText: async () => "",
    isUnsafe: () => false,
    isHidden: () => false,
    rasterise: async (svg) => new TextEncoder().encode(svg),
    runJob: async () => ({ exit: 0, tail: "" }),
    programFile: "/usr/local/bin/no-such-server-metrics",
    baked: {},
    version: "1.2.3",
    words: en,
    allowMs: (ms) => void allowed.push(ms),
    signal: new AbortController().signal,
    ...more,
    clock,
    said,
    allowed,
  };
}

const withoutName = (line: string): string => line.replace(/^server-metrics: /, "");
