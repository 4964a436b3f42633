import { dirname, join } from "node:path";

import type { Flags } from "../cli/parse.ts";
import { errorCode, type Result } from "../errors.ts";
import type { Baked } from "./baked.ts";
import { type ConfigResult, decide, fileLayer, type Layer } from "./config.ts";
import { parseToml } from "./problems.ts";

/** What settings are read from. */
export interface SettingsSources {
  readonly baked: Baked;
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file; throws an error with a `code`. */
  readonly readText: (path: string) => Promise<string>;
  /** This executable; `server-metrics.toml` beside it is read when it is there. */
  readonly programFile: string;
}

/** Layers the settings, the later ones winning: defaults, baked in, file, environment, command line. */
export async function loadSettings(sources: SettingsSources): Promise<ConfigResult> {
  const { baked, flags, env } = sources;
  const file = await readFileLayer(sources);
  if (!file.ok) return { ok: false, problems: [file.problem] };
  return decide([
    fileLayer(baked.settings ?? {}, "the settings baked into this program"),
    ...file.value,
    // An empty variable of the environment means none, as everywhere else in a shell.
    { values: withoutAbsent({ name: env["SERVER_METRICS_NAME"] || undefined }), nameOf: () => "SERVER_METRICS_NAME" },
    {
      values: withoutAbsent({
        name: flags.name,
        layout: flags.layout,
        mode: flags.live === undefined ? undefined : "live",
        sample: numeric(flags.sample),
        splay: numeric(flags.splay),
      }),
      nameOf: (setting) => `--${setting}`,
    },
  ]);
}

function withoutAbsent(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** What was typed, as a number if it is one; otherwise as it is, for the error to show. */
function numeric(typed: string | undefined): number | string | undefined {
  return typed === undefined || typed.trim() === "" || Number.isNaN(Number(typed)) ? typed : Number(typed);
}

/** The file named by --config or SERVER_METRICS_CONFIG must be there; the one beside the program may be. */
async function readFileLayer({
  flags,
  env,
  readText,
  programFile,
}: SettingsSources): Promise<Result<readonly Layer[]>> {
  const named = flags.config ?? (env["SERVER_METRICS_CONFIG"] || undefined);
  const path = named ?? join(dirname(programFile), "server-metrics.toml");
  const origin = flags.config !== undefined ? "--config" : "SERVER_METRICS_CONFIG";
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    const code = errorCode(error);
    if (named === undefined && code === "ENOENT") return { ok: true, value: [] };
    const source = named === undefined ? "" : `${origin}: `;
    return { ok: false, problem: `${source}settings file ${path} ${fileProblems[code] ?? "could not be read"}` };
  }
  const parsed = parseToml(text);
  if (!parsed.ok) return { ok: false, problem: `settings file ${path} is not TOML: ${parsed.problem}` };
  return { ok: true, value: [fileLayer(parsed.value, path)] };
}

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "may not be read by this user",
  EISDIR: "is a directory",
  ENOTSUP: "is not a regular file",
  EFBIG: "is larger than 1 MiB",
  "": "does not answer: look at the disk or the server behind it",
};
