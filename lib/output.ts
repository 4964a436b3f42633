import { writeSync } from "node:fs";

/** Where the program writes. Writing never fails: a closed pipe or a full disk must not cost a report. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Is somebody looking? Under cron every line becomes a mail. */
  readonly isTerminal: boolean;
}

/** Standard output and standard error of this process. */
export function processOutput(): Output {
  return {
    out: (text) => writeAll(1, text),
    error: (text) => writeAll(2, text),
    isTerminal: process.stdout.isTTY,
  };
}

function writeAll(descriptor: number, text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      // A pipe whose reader is slow asks for patience; whatever else it says, nobody is listening.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) return;
    }
  }
}
