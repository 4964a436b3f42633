import { writeSync } from "node:fs";

import { readBaked } from "./baked.ts";
import { redact } from "./redact.ts";

/** Where the program writes. Writing never fails: a closed pipe or a full disk must not cost a report. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Is somebody looking? Under cron every line becomes a mail. */
  readonly isTerminal: boolean;
  /** Its width; null where lines may be as long as they like. */
  readonly columns: number | null;
}

/** Standard output and standard error of this process. No webhook's token passes, whatever the caller says. */
export function processOutput(): Output {
  return {
    out: (text) => writeAll(1, withoutSecrets(text)),
    error: (text) => writeAll(2, withoutSecrets(text)),
    isTerminal: process.stdout.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : null,
  };
}

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
