import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Script } from "../support/fakeDiscord.ts";
import { openBooks, type Result } from "./books.ts";
import { type FileSystem, openDisk } from "./disk.ts";
import { startLife } from "./life.ts";

const changing = ["pwrite64", "fsync", "fdatasync", "unlink", "ftruncate", "rename", "openat", "mkdir"] as const;
const talking = ["socket", "connect", "sendto", "recvfrom"] as const;

/** With these, only calls on the files that a run changes are traced, and so only these are hit. */
const onStateIn = (directory: string) =>
  ["", "state.db", "state.db-journal", "lock.db", "state.db.new"].flatMap((name) => ["-P", join(directory, name)]);

/**
 * strace for an injected error, `error=EIO`, or signal, `signal=KILL`. It stops at the traced calls only, which is several
 * times as quick; but strace 6.1 then injects no signal.
 */
export const straceFor = (what: string): readonly string[] =>
  ["strace", "-f", "-qq"].concat(what.includes("signal=") ? [] : ["--seccomp-bpf"]);

/** Hits a system call when it comes for the `when`-th time. strace counts each call by its name, so it is one name at a time. */
function strace(log: string, only: readonly string[], call: string, what: string, when: number): readonly string[] {
  const traced = ["-e", `trace=${[...new Set([call, ...changing])].join(",")}`];
  return [...straceFor(what), "-o", log, ...only, ...traced, "-e", `inject=${call}:${what}:when=${when}`];
}

/** SIGKILL at each call that changes the state, one a run, until a run survives; and at each on the network. */
export async function killAtEveryCall(): Promise<Result> {
  await using life = await startLife();
  const { go, drain, count, close } = openBooks(life);
  await go();
  for (const [name, only, calls] of [
    ["SIGKILL at a call on a file", onStateIn(life.stateDirectory), changing],
    ["at one on the network", [], talking],
  ] as const) {
    for (const call of calls) {
      for (let when = 1; ; when += 1) {
        if ((await go({ prefix: strace("/dev/null", only, call, "signal=KILL", when) })) === 0) break;
        count(name);
        await drain();
      }
    }
  }
  await drain();
  return close("killed at every call");
}

/** The calls that may end so. */
const refusable = {
  EIO: ["pread64", "pwrite64", "fsync", "fdatasync", "unlink", "ftruncate", "openat"],
  ENOSPC: ["pwrite64", "fsync", "fdatasync", "openat"],
} as const;

/** An error of the disk at each call on the state, one a run, until none is left. */
export async function failEveryCall(error: "EIO" | "ENOSPC"): Promise<Result> {
  await using life = await startLife();
  const { go, drain, count, close } = openBooks(life);
  await go();
  const log = join(life.directory, "trace");
  for (const call of refusable[error]) {
    for (let when = 1; ; when += 1) {
      const prefix = strace(log, onStateIn(life.stateDirectory), call, `error=${error}`, when);
      const status = await go({ prefix });
      if (!readFileSync(log, "utf8").includes("INJECTED")) break;
      count(`${error}, ended with ${status}`);
      if (status === 70 || status === null) throw new Error(`${error} at ${call} ${when}: ${life.outputs.at(-1)}`);
      await drain();
    }
  }
  return close(`${error} at every call`);
}

const losing: readonly Script[] = [
  { accepted: "close" },
  { accepted: "reset" },
  { accepted: "garbage" },
  { status: 200, body: {} },
];
const failing: readonly Script[] = [
  "close",
  "reset on accept",
  { status: 500 },
  { status: 502 },
  { status: 429, headers: { "Retry-After": "2" }, body: { retry_after: 1.5, global: false } },
  { status: 429, body: "error code: 1015" },
];

/** SIGKILL at random moments, while the server loses answers, refuses, limits and breaks off. */
export async function killAtRandom(kills: number, kind: FileSystem = "as here"): Promise<Result> {
  await using life = await startLife();
  await using disk = await openDisk(life, kind);
  const random = seeded(20_260_710);
  let script: Script | undefined;
  const { go, drain, count, close } = openBooks(life, { losesAnswers: () => losing.some((one) => one === script) });
  // As long as a run takes here and now: on a busy machine a fixed time would always hit its start.
  const begun = performance.now();
  await go();
  const usualSeconds = (performance.now() - begun) / 1000;
  for (let done = 0; done < kills;) {
    const scripts = [undefined, undefined, ...losing, ...failing];
    script = scripts[Math.floor(random() * scripts.length)];
    life.discord.scriptForEver(script);
    const status = await go({ prefix: ["timeout", "--signal=KILL", (0.005 + random() * usualSeconds).toFixed(4)] });
    const killed = status === null || status === 137;
    if (killed) done += 1;
    count(killed ? "SIGKILL" : script === undefined ? "without a fault" : "with a bad server only");
  }
  script = undefined;
  await drain();
  return close(`killed at random, lossy server, state on ${disk.kind}`);
}

/** Mulberry32: the same campaign each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** For the power cuts: the calls that change the state. */
export const callsOnState: readonly string[] = changing;

/** Kills a run at one of them; all of them are logged in `trace` beside the directory. */
export const killOnState = (directory: string, call: string, when: number): readonly string[] =>
  strace(join(directory, "../trace"), onStateIn(directory), call, "signal=KILL", when);

/** Makes a call on the files of a state end otherwise: `signal=KILL:when=3`, `error=EIO:when=1+`. */
export function injectOnState(directory: string, call: string, what: string): readonly string[] {
  const only = [...onStateIn(directory), "-P", join(directory, "state.db.new-journal")];
  return [...straceFor(what), "-o", "/dev/null", ...only, "-e", `trace=${call}`, "-e", `inject=${call}:${what}`];
}
