import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import type { FakeDiscord } from "../support/fakeDiscord.ts";
import type { Contender } from "./contenders.ts";

/** What one run took. CPU time holds that of its children. */
export interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** From its start to the first whole request, and how many bytes all have; null where it sends none. */
  readonly requestMs: number | null;
  readonly sentBytes: number | null;
}

async function start({ command, env, use }: Contender, prefix: readonly string[] = []) {
  const child = Bun.spawn([...prefix, ...command], {
    cwd: "/",
    env: { ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  if (use !== undefined) {
    await use();
    child.kill();
  }
  await child.exited;
  return child;
}

/** Runs a program once. */
export async function measureRun(contender: Contender, discord: FakeDiscord): Promise<Run> {
  const before = discord.requests.length;
  const [begunMs, begun] = [Date.now(), performance.now()];
  const child = await start(contender);
  const wallMs = performance.now() - begun;
  const sent = discord.requests.slice(before);
  return {
    wallMs,
    cpuMs: Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000,
    requestMs: sent[0] === undefined ? null : sent[0].timeMs - begunMs,
    sentBytes: sent.length === 0 ? null : sent.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
  };
}

/** What does not differ from run to run; null where the tool that tells is not installed. */
export interface Footprint {
  readonly peakBytes: number | null;
  /** Processes that it started, not counting itself and threads. */
  readonly processes: number | null;
  readonly systemCalls: number | null;
  readonly fsyncs: number | null;
  readonly opened: number | null;
  /** Of JavaScript, that ran. */
  readonly functions: number | null;
  readonly fileBytes: number | null;
}

/** What is not known. */
export const nothing: Footprint = {
  peakBytes: null,
  processes: null,
  systemCalls: null,
  fsyncs: null,
  opened: null,
  functions: null,
  fileBytes: null,
};

/** Measures a program with `time` and `strace`. */
export async function measureFootprint(contender: Contender, directory: string): Promise<Footprint> {
  const out = join(directory, "out");
  const file = statSync(Bun.which(contender.command[0] ?? "") ?? "");
  // What must be stopped would have to be stopped through them.
  if (contender.use !== undefined) return { ...nothing, fileBytes: file.size };
  const underTime = async () => {
    await start(contender, ["/usr/bin/time", "-f", "%M", "-o", out]);
    return Number(readFileSync(out, "utf8").trim().split("\n").at(-1)) * 1024;
  };
  const underStrace = async () => {
    await start(contender, ["strace", "-f", "-qq", "-o", out]);
    const calls = readFileSync(out, "utf8")
      .split("\n")
      .filter((line) => /^\d+ +\w+\(/.test(line));
    const forks = calls.filter((line) => /^\d+ +(v?fork|clone3?)\(/.test(line) && !line.includes("CLONE_THREAD"));
    const named = (names: RegExp) => calls.filter((line) => names.test(line)).length;
    return {
      processes: forks.length,
      systemCalls: calls.length,
      fsyncs: named(/^\d+ +f(data)?sync\(/),
      opened: named(/^\d+ +open(at)?\(.*\) = \d+$/),
    };
  };
  const order = join(directory, "order");
  await start({ ...contender, env: { ...contender.env, BUN_BYTECODE_ORDER_OUT: order } });
  const recorded = Bun.file(order);
  const functions = (await recorded.exists()) ? ((await recorded.text()).match(/^F /gm)?.length ?? null) : null;
  rmSync(order, { force: true });
  return {
    ...nothing,
    fileBytes: file.size,
    functions,
    peakBytes: Bun.which("time") === null ? null : await underTime(),
    ...(Bun.which("strace") === null ? {} : await underStrace()),
  };
}
