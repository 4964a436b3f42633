import { dirname, join, resolve } from "node:path";

import { options, scheduledOptions } from "../cli/commands.ts";
import type { Flags } from "../cli/parse.ts";
import type { Executable } from "../host/executable.ts";
import type { Config } from "../settings/config.ts";
import type { World } from "../world.ts";

/** The command of a schedule. */
export interface Job {
  /** The program and its options. */
  readonly words: readonly string[];
  readonly splaySeconds: number;
  /** The files that it needs: the program, and the settings where they were named. */
  readonly files: readonly string[];
  /** The directory that was named, if any. */
  readonly stateDirectory: string | null;
  /** Its options by their names, with the paths that hold anywhere. */
  readonly flags: Flags;
}

/** Machines that share a channel had better not post in the same second. */
const splaySecondsUnlessSet = 20;

/** The report with the options that were given, and with what else this shell's environment says of it. */
export function planJob({ env, programFile }: World, config: Pick<Config, "splaySeconds">, flags: Flags): Job {
  const elsewhere = withoutAbsent({
    config: absolute(flags.config ?? env["SERVER_METRICS_CONFIG"]),
    stateDir: absolute(flags.stateDir ?? env["SERVER_METRICS_STATE_DIR"]),
    name: flags.name ?? env["SERVER_METRICS_NAME"],
  });
  const given: Flags = { ...flags, ...elsewhere };
  const words = scheduledOptions.flatMap((name) => {
    const value = given[name];
    if (value === undefined || name === "splay") return [];
    const [option = ""] = options[name].usage.split(" ");
    return [value === "" ? option : `${option}=${value}`];
  });
  const splaySeconds = flags.splay === undefined ? config.splaySeconds || splaySecondsUnlessSet : config.splaySeconds;
  return {
    words: [programFile, ...words, `--splay=${splaySeconds}`],
    splaySeconds,
    files: [programFile, ...(given.config === undefined ? [] : [given.config])],
    flags: given,
    stateDirectory: given.stateDir === undefined || given.stateDir === "none" ? null : given.stateDir,
  };
}

/** A schedule starts in another directory. */
const absolute = (path: string | undefined) => (!path || path === "none" ? path : resolve(path));

/** An empty variable of the environment means none. */
function withoutAbsent(values: Readonly<Record<string, string | undefined>>): Flags {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}

/** Places that are emptied at the next boot or before. */
const temporary = /^\/(tmp|var\/tmp|dev\/shm|run)\//;

/** Why a schedule cannot run this job, or not for long; null when it can. */
export function findObstacle({ files, words }: Job, { isCompiled, isRoot, isOthers }: Executable): string | null {
  if (!isCompiled) return "this is the source, run by bun: make a binary with ./build.sh, and install that";
  const fleeting = files.find((file) => temporary.test(file));
  if (fleeting !== undefined) return `${fleeting} will not stay there: move it, for example to /usr/local/bin`;
  // A user who may change what root runs is root.
  const open = isRoot ? files.find(isOthers) : undefined;
  if (open !== undefined) {
    return `root must not run what others may change: sudo install -m 700 ${open} /usr/local/bin/, and use that one`;
  }
  const odd = words.find((word) => /\p{Cc}/u.test(word));
  return odd === undefined ? null : `no schedule can have the control characters of ${JSON.stringify(odd)}`;
}

/** The reason why a scheduled run would have no webhook; null when it has one. */
export function findMissingWebhook(
  { env, baked, programFile }: World,
  config: Pick<Config, "webhook">,
  starter: string,
): string | null {
  if (config.webhook !== null || baked.webhook !== undefined) return null;
  const settings = join(dirname(programFile), "server-metrics.toml");
  const what = env["DISCORD_WEBHOOK_URL"]
    ? `DISCORD_WEBHOOK_URL is set in this shell, but ${starter} will not have it`
    : "no webhook";
  return `${what}: write webhook = "https://…" into ${settings} (chmod 600), or build with it set`;
}
