import { withDeadline } from "../../clock.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { helperArguments, self } from "./self.ts";

/** Longer than any machine needs; above it the card goes out without its picture. */
const deadlineMs = 10_000;

/** Runs as the helper. */
export async function answerRasterise(): Promise<ExitCode> {
  setTimeout(() => process.exit(), deadlineMs).unref();
  // Where memory is short the kernel is to end this process, and not the one that has the news.
  await Bun.write("/proc/self/oom_score_adj", "1000").catch(() => undefined);
  const { toPng } = await import("./resvg.ts");
  await Bun.write(Bun.stdout, await toPng(await Bun.stdin.text()));
  return exitCodes.ok;
}

/** Another command for tests. */
export interface RasteriseOptions {
  /** The helper; this program by default. */
  readonly command?: readonly string[];
  readonly deadlineMs?: number;
}

/**
 * Makes a PNG of an SVG picture, in a process of its own: it takes memory that a small machine may not have, and the
 * code that does it cannot be interrupted. Throws when the helper cannot be started, fails, is killed or is late.
 */
export async function rasterise(svg: string, options: RasteriseOptions = {}): Promise<Uint8Array> {
  const child = Bun.spawn([...(options.command ?? self), helperArguments.rasterise], {
    cwd: "/",
    stdin: new Blob([svg]),
    stdout: "pipe",
    stderr: "ignore",
    // One picture never pays for the second compiler, nor for threads that compile: they take two thirds of the time.
    env: { BUN_JSC_useOMGJIT: "0", BUN_JSC_useConcurrentJIT: "0" },
  });
  const answer = async () => {
    const png = await child.stdout.bytes();
    const status = await child.exited;
    if (status !== 0) throw new Error(`the drawing process ended with status ${status}`);
    return png;
  };
  try {
    return await withDeadline(answer(), options.deadlineMs ?? deadlineMs, "the drawing process did not end");
  } finally {
    child.kill("SIGKILL");
    child.unref();
  }
}
