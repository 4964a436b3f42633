import { writeSync } from "node:fs";

import { readBaked } from "./baked.ts";
import { createProgress, type Later, type Progress } from "./progress.ts";
import { redact } from "./redact.ts";

/** Where the program writes. Writing never fails: a closed pipe or a full disk must not cost a report. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Is somebody looking? Under cron every line becomes a mail. */
  readonly isTerminal: boolean;
  /** Its width; null where lines may be as long as they like. */
  readonly columns: number | null;
  /** Says on standard error what is waited for, when that lasts and it is a terminal; null: nothing any more. */
  readonly doing: Progress;
}

/** Standard output and standard error of this process. No webhook's token passes, whatever the caller says. */
export function processOutput(): Output {
  const { stdout, stderr } = process;
  const write = (descriptor: number, text: string) => writeAll(descriptor, withoutSecrets(text));
  const say = (text: string) => write(2, text);
  const isSeen = stderr.isTTY && process.env["TERM"] !== "dumb";
  const doing = isSeen ? createProgress(say, () => widthOf(stderr), later) : () => undefined;
  // Two lines must not meet on one terminal.
  const writeTo = (descriptor: number) => (text: string) => {
    doing(null);
    write(descriptor, text);
  };
  return {
    out: writeTo(1),
    error: writeTo(2),
    doing,
    isTerminal: stdout.isTTY,
    columns: stdout.isTTY ? widthOf(stdout) : null,
  };
}

/** A serial console does not know how wide it is, and says 0. */
const widthOf = ({ columns }: { readonly columns: number }) => columns || 80;

const later: Later = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

function withoutSecrets(text: string): string {
  const { webhook, alertWebhook } = readBaked();
  const { DISCORD_WEBHOOK_URL: cards, DISCORD_ALERT_WEBHOOK_URL: alerts } = process.env;
  const addresses = [cards, alerts, webhook, alertWebhook];
  return redact(
    text,
    addresses.filter((address) => address !== undefined),
  );
}

/** How long a reader may take nothing until the rest is left unsaid. */
const patienceMs = 5000;
const pauseMs = 20;

function writeAll(descriptor: number, text: string): void {
  let rest = new TextEncoder().encode(text);
  let waitedMs = 0;
  while (rest.length > 0 && waitedMs < patienceMs) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
      waitedMs = 0;
    } catch (error) {
      // A pipe whose reader is slow asks for patience; whatever else it says, nobody is listening.
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) return;
      Bun.sleepSync(pauseMs);
      waitedMs += pauseMs;
    }
  }
}
