import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { errorMessage } from "../errors.ts";
import { Unavailable } from "../model/host.ts";
import { runProgram } from "./program.ts";

/** Whose systemd it is: the machine's, or that of one user. */
export type Scope = "system" | "user";

/** A systemd and the units that were given to it by hand. */
export interface Systemd {
  /** The directory of these unit files. */
  readonly directory: string;
  /** A unit file's text; null when it is not there or may not be read. */
  readonly read: (name: string) => string | null;
  /** Replaces a unit file in one go. Throws errors with a `code`. */
  readonly write: (name: string, text: string) => void;
  /** Throws errors with a `code`. */
  readonly remove: (name: string) => void;
  /** Checks that systemd answers. Throws `Unavailable`, with what to do. */
  readonly probe: () => Promise<void>;
  /** Runs `systemctl(1)`. Throws `Unavailable` where there is none, and an error in its words. */
  readonly control: (...args: readonly string[]) => Promise<void>;
}

/** The machine's own systemd, or that of the user who asks. */
export function openSystemd(scope: Scope, env: Readonly<Record<string, string | undefined>>): Systemd {
  const directory = scope === "system" ? "/etc/systemd/system" : join(configDirectory(env), "systemd/user");
  const bus = env["DBUS_SESSION_BUS_ADDRESS"];
  // `su` and cron leave it unset, and a user's systemd is not found without it.
  const runtime = env["XDG_RUNTIME_DIR"] || `/run/user/${process.getuid?.() ?? 0}`;
  const variables = { XDG_RUNTIME_DIR: runtime, ...(bus && { DBUS_SESSION_BUS_ADDRESS: bus }) };
  const control = async (...args: readonly string[]) => {
    const ofUser = scope === "user" ? ["--user"] : [];
    await runProgram("systemctl", [...ofUser, ...args], { env: variables, withErrors: true, deadlineMs: 30_000 });
  };
  return {
    directory,
    read: (name) => {
      try {
        return readFileSync(join(directory, name), "utf8");
      } catch {
        return null;
      }
    },
    write: (name, text) => {
      mkdirSync(directory, { recursive: true });
      const path = join(directory, name);
      writeFileSync(`${path}.new`, text);
      // systemd warns of a unit that not everybody may read, and nothing secret is in it.
      chmodSync(`${path}.new`, 0o644);
      renameSync(`${path}.new`, path);
    },
    remove: (name) => rmSync(join(directory, name)),
    control,
    probe: async () => {
      try {
        await control("show", "--property=Version");
      } catch (error) {
        throw new Unavailable(`${advice[scope]} (${errorMessage(error)})`);
      }
    },
  };
}

const advice: Readonly<Record<Scope, string>> = {
  system: "systemd does not run here: use --cron",
  user: "systemd does not run for this user: log in again, or use --cron",
};

function configDirectory({ XDG_CONFIG_HOME: xdg, HOME: home }: Readonly<Record<string, string | undefined>>): string {
  return xdg || join(home || "/", ".config");
}
