import type { Clock } from "../clock.ts";
import { errorCode, errorMessage } from "../errors.ts";
import { type Host, Unavailable } from "../model/host.ts";

/** The measured machine and its clock. */
export interface Machine {
  readonly host: Host;
  readonly clock: Clock;
}

const absences: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  ENODEV: "is not there",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  // One number, two names; the first is Bun's.
  ENOTSUP: "is switched off in this kernel",
  EOPNOTSUPP: "is switched off in this kernel",
};

/** Tries while too many files are open: they are our own, and close within milliseconds. */
const mostTries = 50;

/** Runs one reading and tells absence (`Unavailable`) from failure, in words that name the path and no more. */
export async function reading<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await withFewFiles(read);
  } catch (error) {
    const code = errorCode(error);
    const absence = absences[code];
    if (absence !== undefined) throw new Unavailable(`${path} ${absence}`, code === "EACCES" || code === "EPERM");
    // Without a code it is a sentence of ours, such as a deadline's.
    const words = code === "" ? errorMessage(error) : code;
    throw new Error(`${path}: ${words || "could not be read"}`, { cause: error });
  }
}

async function withFewFiles<T>(read: () => T | Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (errorCode(error) !== "EMFILE" || tries === mostTries) throw error;
      await Bun.sleep(10);
    }
  }
}
