import { join } from "node:path";

import * as v from "valibot";

import { jobsDirectory } from "../model/job.ts";
import type { JobSettings } from "../model/settings.ts";
import type { Meanings } from "./types.ts";

const usersExpected = 'a list of users, such as ["postgres"]';

/** The entries of `[jobs]`. */
export const jobsEntries = {
  users: v.array(v.pipe(v.string(usersExpected), v.regex(/^[\w.@-]{1,64}\$?$/, usersExpected)), usersExpected),
};

/** Meanings of the settings in `[jobs]`. */
export const jobsMeanings: Meanings<typeof jobsEntries> = {
  users: {
    meaning: "users whose `server-metrics job` runs are told, too, where root or this user may read them",
    default: "none",
  },
};

/** Where this user's jobs leave their files: every place that the state could have, the system's own last. */
export function decideJobs(
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
