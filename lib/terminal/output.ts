import { fstatSync, statSync, writeSync } from "node:fs";

import { errorCode } from "../errors.ts";
import { readBaked } from "../settings/baked.ts";
import { redact, tokenIn } from "../settings/secrets.ts";

/** Standard output and error. Writing never fails: a closed pipe or a full disk must not cost a report. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether a person is watching. Under cron every line becomes a mail. */
  readonly isTerminal: boolean;
  /** Its width; null where lines may be as long as they like. */
  readonly columns: number | null;
  /** Shows on a terminal what a long wait is for; null clears it. */
  readonly doing: Progress;
  /** These are secrets, too: nothing may show them from now on. */
  readonly conceal: (secrets: readonly string[]) => void;
}

/** Of the process, because the last words about a bug are said by an output of their own. */
const concealed: string[] = [];

/** Standard output and standard error of this process. No secret passes, whatever the caller says. */
export function processOutput(): Output {
  const [outTerminal, errorTerminal] = [terminalAt(1), terminalAt(2)];
  const write = (descriptor: Descriptor, text: string) => writeAll(descriptor, withoutSecrets(text));
  const say = (text: string) => write(2, text);
  const isSeen = errorTerminal !== null && process.env["TERM"] !== "dumb";
  const doing = isSeen ? createProgress(say, () => widthOf(errorTerminal), later) : () => undefined;
  // Two lines must not meet on one terminal.
  const writeTo = (descriptor: Descriptor) => (text: string) => {
    doing(null);
    write(descriptor, text);
  };
  return {
    out: writeTo(1),
    error: writeTo(2),
    doing,
    conceal: (secrets) => void concealed.push(...secrets),
    isTerminal: outTerminal !== null,
    columns: outTerminal === null ? null : widthOf(outTerminal),
  };
}

type Descriptor = 1 | 2;

/** Brings all of Node's streams with it, which cost as much CPU time as starting twice: not for a run without a word. */
const streamAt = (descriptor: Descriptor) => (descriptor === 1 ? process.stdout : process.stderr);

/** A rescue system may have no /dev. */
const nullDevice = () => statSync("/dev/null", { throwIfNoEntry: false })?.rdev ?? null;

/** The terminal that standard output or standard error is; only a character device can be one. */
function terminalAt(descriptor: Descriptor) {
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isCharacterDevice() || facts.rdev === nullDevice()) return null;
    const stream = streamAt(descriptor);
    return stream.isTTY ? stream : null;
  } catch {
    // Whatever cannot be examined is no terminal: a log on a server that has gone.
    return null;
  }
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
  const tokens = [cards, alerts, webhook, alertWebhook].flatMap((address) => (address ? tokenIn(address) : []));
  return redact(text, [...tokens, ...concealed]);
}

/** How long a reader may stall before the rest is dropped. */
const patienceMs = 5000;
const pauseMs = 20;

function writeAll(descriptor: Descriptor, text: string): void {
  let rest = new TextEncoder().encode(text);
  let waitedMs = 0;
  while (rest.length > 0 && waitedMs < patienceMs) {
    try {
      // Asking for its stream is what makes a pipe one that does not block.
      void streamAt(descriptor);
      rest = rest.subarray(writeSync(descriptor, rest));
      waitedMs = 0;
    } catch (error) {
      // EAGAIN: the pipe's reader is slow. Any other error: it is gone.
      if (errorCode(error) !== "EAGAIN") return;
      Bun.sleepSync(pauseMs);
      waitedMs += pauseMs;
    }
  }
}

/** Writes to standard error with nothing around it that can fail. */
export function writeBare(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // The reader is gone.
  }
}

/** Says in one line what a run is waiting for, once that has lasted; null: nothing any more, and the line goes away. */
export type Progress = (what: string | null) => void;

/** Runs something later, unless what it returns is called before. */
export type Later = (ms: number, run: () => void) => () => void;

/** Shorter waits are not shown. */
const worthSayingMs = 500;

/** Writes to a terminal of this many columns; a longer line could not be erased. */
export function createProgress(write: (text: string) => void, columns: () => number, runLater: Later): Progress {
  let line = "";
  let isVisible = false;
  let cancel: (() => void) | null = null;
  const draw = () => {
    isVisible = true;
    write(`\r${line.slice(0, columns() - 1)}\u001B[K`);
  };
  const clear = () => {
    cancel?.();
    cancel = null;
    if (isVisible) write("\r\u001B[K");
    isVisible = false;
  };
  return (what) => {
    if (what === null) return clear();
    line = `${what} …`;
    cancel ??= runLater(worthSayingMs, draw);
    if (isVisible) draw();
  };
}
