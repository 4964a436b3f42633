import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import type { World } from "../world.ts";

/** One thing that was looked at; `code` is what a run would end with because of it. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly says: string;
  readonly code: ExitCode;
}

/** What is well when there is no problem, and the problem when there is. */
export function finding(what: string, problem: string | null, says: string, code: ExitCode): Finding {
  return problem === null ? { what, ok: true, says, code: exitCodes.ok } : { what, ok: false, says: problem, code };
}

/** Prints a line each, or all as JSON with `more` beside them. */
export function printFindings(world: World, flags: Flags, findings: readonly Finding[], more: object = {}): void {
  const ok = findings.every((one) => one.ok);
  const width = Math.max(8, ...findings.map(({ what }) => what.length));
  const lines = findings.map((one) => `${one.ok ? "ok " : "BAD"}  ${one.what.padEnd(width)}  ${printable(one.says)}\n`);
  world.output.out(
    flags.json === undefined ? lines.join("") : `${JSON.stringify({ schema: 1, ok, ...more, findings }, null, 2)}\n`,
  );
}
