import { realpathSync } from "node:fs";
import { basename } from "node:path";

import { errorMessage } from "../errors.ts";
import { Unavailable } from "../model/host.ts";
import { programPath, runProgram } from "./program.ts";

/** The crontab of the user who asks. One character a byte, because it may be in any encoding. */
export interface Crontab {
  /** The text, empty where there is none. Throws `Unavailable` without a `crontab(1)`, and an error in its words. */
  readonly read: () => Promise<string>;
  /** Replaces it; an empty one is removed. Throws an error in the words of `crontab(1)`. */
  readonly write: (text: string) => Promise<void>;
  /** The path of a `timeout(1)` that can kill; null where there is none. Old ones of BusyBox have other options. */
  readonly findTimeout: () => Promise<string | null>;
  /** The path of a `logger(1)`, where cron has no mail program and would throw away what is said; otherwise null. */
  readonly findLogger: () => string | null;
  /** Whether its cron sets the variables that stand in a crontab; BusyBox's does not. */
  readonly setsVariables: () => boolean;
}

const howToGet = "there is no crontab program here: install cron (Debian: cron, others: cronie), or use --systemd";

/** Slow where users come from a directory server. */
const options = { encoding: "latin1", withErrors: true, deadlineMs: 10_000 } as const;

/** By `crontab(1)`, which alone may write where crontabs are kept. */
export const crontab: Crontab = {
  read: async () => {
    try {
      return await runProgram("crontab", ["-l"], options);
    } catch (error) {
      if (error instanceof Unavailable) throw new Unavailable(howToGet);
      // Of Vixie's, cronie, BusyBox. Any other failure must not pass for an empty one, which would then be overwritten.
      if (/no crontab for|can't open .*no such file/is.test(errorMessage(error))) return "";
      throw error;
    }
  },
  write: async (text) => void (await runProgram("crontab", text === "" ? ["-r"] : ["-"], { ...options, input: text })),
  findTimeout: async () => {
    // Only where cron looks, so that it is the machine's own and stays.
    const searchPath = "/usr/bin:/bin";
    try {
      await runProgram("timeout", ["-s", "KILL", "9", "true"], { searchPath });
      return Bun.which("timeout", { PATH: searchPath });
    } catch {
      return null;
    }
  },
  findLogger: () => {
    const hasMail = Bun.which("sendmail", { PATH: "/usr/sbin:/usr/lib:/usr/bin:/sbin:/bin" }) !== null;
    return hasMail ? null : Bun.which("logger", { PATH: "/usr/bin:/bin" });
  },
  setsVariables: () => {
    const program = Bun.which("crontab", { PATH: programPath });
    return program === null || basename(realpathSync(program)) !== "busybox";
  },
};
