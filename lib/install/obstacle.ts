import { dirname, join } from "node:path";

import type { Executable } from "../host/executable.ts";
import type { Config } from "../settings/config.ts";
import type { World } from "../world.ts";
import type { Job } from "./job.ts";

/** Places that are emptied at the next boot or before. */
const temporary = /^\/(tmp|var\/tmp|dev\/shm|run)\//;

/** Why a schedule cannot run this job, or not for long; null when it can. */
export function findObstacle({ files, words }: Job, { isCompiled, isRoot, isOthers }: Executable): string | null {
  if (!isCompiled) return "this is the source, run by bun: make a binary with ./build.sh, and install that";
  const fleeting = files.find((file) => temporary.test(file));
  if (fleeting !== undefined) return `${fleeting} will not stay there: move it, for example to /usr/local/bin`;
  // Whoever may change what root runs is root.
  const open = isRoot ? files.find(isOthers) : undefined;
  if (open !== undefined) {
    return `root must not run what others may change: sudo install -m 700 ${open} /usr/local/bin/, and use that one`;
  }
  const odd = words.find((word) => /\p{Cc}/u.test(word));
  return odd === undefined ? null : `no schedule can have the control characters of ${JSON.stringify(odd)}`;
}

/** Why the program will have no webhook when somebody else than this shell starts it; null when it will. */
export function findMissingWebhook({ env, baked, programFile }: World, config: Config, starter: string): string | null {
  if (config.webhook !== null || baked.webhook !== undefined) return null;
  const settings = join(dirname(programFile), "server-metrics.toml");
  const what = env["DISCORD_WEBHOOK_URL"]
    ? `DISCORD_WEBHOOK_URL is set in this shell, but ${starter} will not have it`
    : "no webhook";
  return `${what}: write webhook = "https://…" into ${settings} (chmod 600), or build with it set`;
}
