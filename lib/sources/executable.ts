import { statSync } from "node:fs";

/** This program as a file that a schedule is to start, and who asks for that. */
export interface Executable {
  /** Compiled into one file; otherwise the file is a runtime that would have to be told what to run. */
  readonly isCompiled: boolean;
  /** Root, for whom the machine's own systemd works. */
  readonly isRoot: boolean;
  /** Whether a user who is neither root nor the one who asks may change a file. */
  readonly isOthers: (path: string) => boolean;
}

/** The one that runs. */
export const executable: Executable = {
  isCompiled: Bun.isStandaloneExecutable,
  isRoot: process.getuid?.() === 0,
  isOthers: (path) => {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts === undefined || process.getuid === undefined) return false;
    return (facts.uid !== 0 && facts.uid !== process.getuid()) || (facts.mode & 0o022) !== 0;
  },
};
