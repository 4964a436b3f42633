import { readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import type { FakeDiscord } from "../support/fakeDiscord.ts";
import { projectRoot } from "../support/project.ts";
import type { Contender } from "./contenders.ts";

/** What one run took. CPU time holds that of its children. */
export interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** From its start to the first whole request, and how many bytes all have; null where it sends none. */
  readonly requestMs: number | null;
  readonly sentBytes: number | null;
}

async function start({ command, env, use, prepare }: Contender, prefix: readonly string[] = []) {
  prepare?.();
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
  contender.prepare?.();
  const before = discord.requests.length;
  const [begunMs, begun] = [Date.now(), performance.now()];
  const child = await start({ ...contender, prepare: undefined });
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
  /** Of this the part that is no file's: the most it had of that. */
  readonly anonBytes: number | null;
  readonly statements: number | null;
  /** Read from the disk by a run whose file is in no cache, and how often it waited for that. */
  readonly coldBytes: number | null;
  readonly coldFaults: number | null;
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
  anonBytes: null,
  statements: null,
  coldBytes: null,
  coldFaults: null,
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
  const { anonBytes } = await watch(contender);
  const cold = evict(contender.command[0] ?? "") ? await watch(contender) : null;
  return {
    ...nothing,
    fileBytes: file.size,
    functions,
    anonBytes,
    statements: await countStatements(contender, out),
    coldBytes: cold?.readBytes ?? null,
    coldFaults: cold?.faults ?? null,
    peakBytes: Bun.which("time") === null ? null : await underTime(),
    ...(Bun.which("strace") === null ? {} : await underStrace()),
  };
}

/** Runs a program and looks at it all the time until it ends: each of these only grows, or is taken at its most. */
async function watch({ command, env, prepare }: Contender) {
  prepare?.();
  const child = Bun.spawn([...command], {
    cwd: "/",
    env: { ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const most = { anonBytes: 0, readBytes: 0, faults: 0 };
  const read = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, "utf8");
  try {
    for (;;) {
      const anonKib = /^RssAnon:\s+(\d+)/m.exec(read("status"))?.[1];
      // The fake Discord, which it talks to, is in this process.
      await new Promise(setImmediate);
      // Of one that has ended there is only the name.
      if (anonKib === undefined) break;
      // Until exec(2) it is a copy of this process.
      if (readlinkSync(`/proc/${child.pid}/exe`) === process.execPath) continue;
      most.anonBytes = Math.max(most.anonBytes, Number(anonKib) * 1024);
      most.readBytes = Number(/^read_bytes: (\d+)/m.exec(read("io"))?.[1] ?? 0);
      most.faults = Number(read("stat").split(") ").at(-1)?.split(" ")[9] ?? 0);
    }
  } catch {
    // It has ended meanwhile.
  }
  return most;
}

/** Takes a file out of the page cache; false where that cannot be done. */
function evict(command: string): boolean {
  const file = Bun.which(command) ?? command;
  const args = [`if=${file}`, "iflag=nocache", "count=0"];
  return Bun.spawnSync(["sync", file]).success && Bun.spawnSync(["dd", ...args], { stderr: "ignore" }).success;
}

/** The SQL statements of a report, by the same program from its sources; null of any other program. */
async function countStatements({ env, args, prepare }: Contender, out: string): Promise<number | null> {
  if (args === undefined) return null;
  const at = (name: string) => join(projectRoot, name);
  const source = [process.execPath, "--no-env-file", "--preload", at("tests/support/countSql.ts"), at("index.ts")];
  await start({ name: "", command: [...source, ...args], env: { ...env, SQL_COUNT: out }, prepare });
  return Number(readFileSync(out, "utf8"));
}
