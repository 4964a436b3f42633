import { exitCodes } from "../exit.ts";
import { processOutput, writeBare } from "./output.ts";

/**
 * Installed by being imported, before any other module of the program runs. Left to itself the runtime prints the source
 * line around a crash, and an error of fetch carries the address it was sent to: either would show the webhook.
 */
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);

/** Reports a bug of this program without secrets, and ends the process. */
export function crash(error: unknown): never {
  const name = error instanceof Error ? error.name : typeof error;
  const message = error instanceof Error ? error.message : "";
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const text = [`${name}: ${message}`, ...frames.slice(0, 8)].join("\n");
  try {
    processOutput().error(`server-metrics: bug: ${text}\n`);
  } catch {
    // What hides the secrets is broken, so no text is safe. Thrown on, it would end in the runtime's own words.
    writeBare("server-metrics: bug\n");
  }
  process.exit(exitCodes.bug);
}
