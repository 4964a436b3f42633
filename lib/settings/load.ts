import { dirname, join } from "node:path";

import type { Flags } from "../cli/parse.ts";
import { errorCode } from "../errors.ts";
import { jobsDirectory } from "../model/job.ts";
import type { JobSettings } from "../model/settings.ts";
import type { Baked } from "./baked.ts";
import { type ConfigResult, decideTyped } from "./config.ts";

/** The sources of the settings. */
export interface SettingsSources {
  readonly baked: Baked;
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file; throws an error with a `code`. */
  readonly readText: (path: string) => Promise<string>;
  /** This executable. */
  readonly programFile: string;
  /** Whether this user is root and others may change a file, or put another in its place. */
  readonly isUnsafe: (path: string) => boolean;
  /** Whether a directory above a file hides it from this user. */
  readonly isHidden: (path: string) => boolean;
}

/** The settings, and the file that counts among those where they may stand; null for none. */
export type LoadedSettings = ConfigResult & { readonly file: string | null };

/** Layers the settings, the later ones winning: defaults, baked in, file, environment, command line. */
export async function loadSettings(sources: SettingsSources): Promise<LoadedSettings> {
  const found = await findFile(sources);
  const { path: file } = found;
  if (found.problem !== null) return { ok: false, problems: [found.problem], file };
  const decided = await decideLayers(sources, found);
  if (!decided.ok) return { ...decided, file };
  const { value } = decided;
  const jobs = decideJobs(value.jobs.users, sources.env, sources.flags.stateDir);
  const changes = { ...value.changes, program: sources.programFile, settings: file };
  return { ok: true, value: { ...value, jobs, changes }, file };
}

async function decideLayers(
  { baked, flags, env }: SettingsSources,
  { path, values }: FoundFile,
): Promise<ConfigResult> {
  // An empty variable of the environment means none, as everywhere else in a shell.
  const ofEnvironment = withoutAbsent({
    name: env["SERVER_METRICS_NAME"] || undefined,
    language: env["SERVER_METRICS_LANGUAGE"] || undefined,
  });
  const ofCommandLine = withoutAbsent({
    name: flags.name,
    layout: flags.layout,
    mode: flags.live === undefined ? undefined : "live",
    sample: numeric(flags.sample),
    splay: numeric(flags.splay),
  });
  // Most machines have no settings: what could stand in a file is not even loaded for them.
  const typed = path === null && baked.settings === undefined ? decideTyped([ofEnvironment, ofCommandLine]) : null;
  if (typed !== null) return { ok: true, value: typed };
  const { decide, fileLayer } = await import("./decide.ts");
  return decide([
    fileLayer(baked.settings ?? {}, "the settings baked into this program"),
    ...(path === null ? [] : [fileLayer(values, path)]),
    { values: ofEnvironment, nameOf: (setting) => `SERVER_METRICS_${setting.toUpperCase()}` },
    { values: ofCommandLine, nameOf: (setting) => `--${setting}` },
  ]);
}

/** Where this user's jobs leave their files: every place that the state could have, the system's own last. */
function decideJobs(
  users: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  flag: string | undefined,
): JobSettings {
  const named = flag ?? (env["SERVER_METRICS_STATE_DIR"] || undefined);
  const { XDG_STATE_HOME: xdg, HOME: home, STATE_DIRECTORY: systemd } = env;
  const customary = [
    systemd?.split(":", 1)[0],
    xdg && join(xdg, "server-metrics"),
    home && join(home, ".local/state/server-metrics"),
    "/var/lib/server-metrics",
  ];
  const places = named === undefined || named === "none" ? customary : [named];
  const directories = places.flatMap((place) => (place?.startsWith("/") === true ? [join(place, jobsDirectory)] : []));
  return { users, directories: [...new Set(directories)] };
}

function withoutAbsent(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** The typed text as a number if it is one; otherwise unchanged, for the error to quote. */
function numeric(typed: string | undefined): number | string | undefined {
  return typed === undefined || typed.trim() === "" || Number.isNaN(Number(typed)) ? typed : Number(typed);
}

interface FoundFile {
  readonly path: string | null;
  readonly values: object;
  /** Why it cannot be used; null when it can, or when there is none. */
  readonly problem: string | null;
}

const fileName = "server-metrics.toml";

/** Where settings may stand when no file is named. The first that is there counts, and no other. */
export function settingsPlaces({ env, programFile }: Pick<SettingsSources, "env" | "programFile">): readonly string[] {
  const { XDG_CONFIG_HOME: xdg, HOME: home } = env;
  const ofUser = xdg || (home ? join(home, ".config") : "");
  return [
    join(dirname(programFile), fileName),
    ...(ofUser === "" ? [] : [join(ofUser, "server-metrics", fileName)]),
    join("/etc/server-metrics", fileName),
  ];
}

async function findFile(sources: SettingsSources): Promise<FoundFile> {
  const { flags, env } = sources;
  const named = flags.config ?? (env["SERVER_METRICS_CONFIG"] || undefined);
  if (named !== undefined) {
    const origin = flags.config !== undefined ? "--config: " : "SERVER_METRICS_CONFIG: ";
    const found = await readFileAt(named, sources, origin);
    return found ?? { path: named, values: {}, problem: `${origin}settings file ${named} does not exist` };
  }
  for (const path of settingsPlaces(sources)) {
    // HOME may still be that of another user, after su(1) or in a job of cron.
    if (sources.isHidden(path)) continue;
    const found = await readFileAt(path, sources, "");
    if (found !== null) return found;
  }
  return { path: null, values: {}, problem: null };
}

/** Null where there is none. */
async function readFileAt(
  path: string,
  { readText, isUnsafe }: SettingsSources,
  origin: string,
): Promise<FoundFile | null> {
  const refused = (problem: string, from = origin) => ({
    path,
    values: {},
    problem: `${from}settings file ${path} ${problem}`,
  });
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    return refused(fileProblems[code] ?? "could not be read");
  }
  // Settings say where the cards go, and which files are written.
  if (isUnsafe(path)) return refused("may be changed by others, so root does not use it: chown root it, and chmod 600");
  const { parseToml } = await import("./problems.ts");
  const parsed = parseToml(text);
  return parsed.ok ? { path, values: parsed.value, problem: null } : refused(parsed.problem, "");
}

const fileProblems: Readonly<Record<string, string>> = {
  EACCES: "may not be read by this user",
  EISDIR: "is a directory",
  ENOTSUP: "is not a regular file",
  EFBIG: "is larger than 1 MiB",
  "": "does not answer: look at the disk or the server behind it",
};
