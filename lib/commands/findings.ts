import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { jsonText, printable } from "../format.ts";
import { asText, headOf, paint, signOf } from "../render/terminal/frame.ts";
import { textOptions } from "../render/terminal/options.ts";
import { padTo, wrap } from "../render/terminal/wrap.ts";
import type { World } from "../world.ts";

/** One thing that was looked at; `code` is what a run would end with because of it. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly says: string;
  readonly code: ExitCode;
  /** The command that mends it, to be copied. */
  readonly mend?: string;
}

/** What is well when there is no problem, and the problem when there is. */
export function finding(what: string, problem: string | null, says: string, code: ExitCode, mend?: string): Finding {
  if (problem === null) return { what, ok: true, says, code: exitCodes.ok };
  return { what, ok: false, says: problem, code, ...(mend === undefined ? {} : { mend }) };
}

/** Findings with which cards and alerts still arrive. */
const mild: ReadonlySet<string> = new Set(["clock", "export", "heartbeat", "probe", "refused"]);

const markOf = ({ what, ok }: Finding) => (ok ? null : mild.has(what) ? "warning" : "critical");

/** The machine's name, where nothing was measured. */
export async function machineName({ machine, words }: World, name: string | null): Promise<string> {
  if (name !== null) return name;
  const hostname = await machine.host.readProc("sys/kernel/hostname").catch(() => "");
  return hostname.trim() || words.report.unnamedMachine;
}

/** The machine's name, what to call it when all is well, and what is told to programs beside the findings. */
export interface Heading {
  readonly name: string;
  readonly well: string;
  readonly more?: object;
}

/** Prints a line each below the verdict, or all as JSON. */
export function printFindings(world: World, flags: Flags, findings: readonly Finding[], heading: Heading): void {
  const { output, words } = world;
  const bad = findings.filter(({ ok }) => !ok).length;
  if (flags.json !== undefined) {
    const told = { schema: 1, ok: bad === 0, ...heading.more, findings };
    output.out(jsonText(told));
    return;
  }
  const options = textOptions(world, { timezone: null }, Bun);
  const { columns, ruler } = options;
  const verdict = bad === 0 ? heading.well : words.terminal.problems(bad);
  const head = headOf(
    {
      mark: findings.some((one) => markOf(one) === "critical") ? "critical" : bad === 0 ? "ok" : "warning",
      name: heading.name,
      verdict,
      facts: [words.terminal.program(world.version)],
    },
    options,
  );
  const width = Math.max(...findings.map(({ what }) => ruler.stringWidth(words.terminal.part(what))));
  const indent = " ".repeat(width + 4);
  const rows = findings.flatMap((one) => {
    const { what, ok, says, mend } = one;
    const [first = "", ...rest] = wrap([printable(says)], (columns ?? Infinity) - indent.length, ruler);
    const label = padTo(words.terminal.part(what), width, ruler);
    return [
      `${signOf(markOf(one), options)}${paint(ok ? null : "bold", label, options)}  ${first}`,
      ...rest.map((line) => indent + line),
      ...(mend === undefined ? [] : [indent + paint("bold", printable(mend), options)]),
    ];
  });
  output.out(asText([...head, "", ...rows], options));
}
