import { binary, onMachine } from "../support/binary.ts";
import type { Need } from "../support/programNeeds.ts";
import { run, temporaryDirectory } from "../support/project.ts";

/** How to make the machine say what a row of the README says. */
export interface Provocation {
  /** Without all of these it is skipped, by name. */
  readonly needs?: readonly Need[];
  /** Everything that comes on standard error; several texts where there are several ways. */
  readonly says: () => Promise<string | readonly string[]>;
}

/** Rows of the README by their first cell. */
export type Provocations = Readonly<Record<string, Provocation>>;

/** How the program is started, beside its environment. */
export interface Start {
  /** What stands before the program. */
  readonly prefix?: readonly string[];
  readonly arguments?: readonly string[];
  /** A copy of the program that other users may run, or that lies elsewhere. */
  readonly program?: string;
}

/** What the program says on standard error with nothing but this environment, as cron would start it. */
export async function said(environment: Readonly<Record<string, string>>, start: Start = {}): Promise<string> {
  using state = temporaryDirectory();
  const all = { SERVER_METRICS_STATE_DIR: `${state.path}/state`, ...onMachine("vps-tokyo"), ...environment };
  const variables = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  const program = start.program ?? (await binary);
  const { prefix = [], arguments: more = [] } = start;
  const { stderr } = await run([...prefix, "env", "-i", ...variables, program, "--sample", "0", ...more], { cwd: "/" });
  return stderr;
}

/** A webhook of the right form, at Discord's own address. */
export const discordWebhook =
  "https://discord.com/api/webhooks/112233445566778899/nobody-is-ever-asked-with-this-token";
