import type { Output } from "./output.ts";

/** What a screen shows: its lines, and the first line of the scrolled part, which is never beyond its end. */
export interface View {
  readonly lines: readonly string[];
  readonly top: number;
}

/** The view of a screen of some columns and rows that was scrolled down so far. */
export type Picture = (columns: number, rows: number, top: number) => View;

/** The whole terminal for a while, with the keyboard. What was there before comes back when it is disposed of. */
export interface Screen {
  /** Replaces the shown text, now and on every resize. */
  readonly draw: (picture: Picture) => void;
  /** Aborted to leave: q, Escape, Ctrl-C, end of input, or a signal to end. */
  readonly left: AbortSignal;
  readonly [Symbol.dispose]: () => void;
}

/** The alternate screen without a cursor and without broken lines, and back. */
const enter = "\u001B[?1049h\u001B[?25l\u001B[?7l";
const leave = "\u001B[?7h\u001B[?25h\u001B[?1049l";
const leavingKeys = new Set(["q", "Q", "\u0003", "\u0004"]);
const leavingSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

const escape = "\u001B";

/** Keys that scroll: by lines, or by pages. */
const scrolling: Readonly<Record<string, { readonly lines?: number; readonly pages?: number }>> = {
  j: { lines: 1 },
  "\u001B[B": { lines: 1 },
  k: { lines: -1 },
  "\u001B[A": { lines: -1 },
  " ": { pages: 1 },
  f: { pages: 1 },
  "\u001B[6~": { pages: 1 },
  b: { pages: -1 },
  "\u001B[5~": { pages: -1 },
  g: { pages: -Infinity },
  "\u001B[H": { pages: -Infinity },
  G: { pages: Infinity },
  "\u001B[F": { pages: Infinity },
};
/** Some lines of a page are seen on the next one. */
const keptOfPage = 5;

/** Takes this process's terminal; null when standard input or output is none, or one that can only print. */
export function openScreen({ out }: Output): Screen | null {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY || process.env["TERM"] === "dumb") return null;
  const leaving = new AbortController();
  const askToLeave = () => leaving.abort();
  let shown: Picture = () => ({ lines: [], top: 0 });
  let top = 0;
  const redraw = () => {
    const view = shown(stdout.columns || 80, stdout.rows || 24, top);
    ({ top } = view);
    out(asText(view.lines));
  };
  const press = (typed: Buffer) => {
    const keys = keysOf(typed.toString());
    if (typed.toString() === "\u001B" || keys.some((key) => leavingKeys.has(key))) return askToLeave();
    top = keys.reduce((from, key) => scrolled(from, key, stdout.rows || 24), top);
    redraw();
  };
  let isOpen = true;
  const restore = () => {
    if (!isOpen) return;
    isOpen = false;
    leaveRawMode();
    out(leave);
  };
  const stopListening = listen({ press, redraw, restore, askToLeave });
  out(enter);
  return {
    draw: (picture) => {
      shown = picture;
      redraw();
    },
    left: leaving.signal,
    [Symbol.dispose]: () => {
      restore();
      stopListening();
    },
  };
}

interface Listeners {
  readonly press: (typed: Buffer) => void;
  readonly redraw: () => void;
  readonly restore: () => void;
  readonly askToLeave: () => void;
}

/** Listens to the keyboard, the terminal and the signals; returns how to stop. */
function listen({ press, redraw, restore, askToLeave }: Listeners): () => void {
  const { stdin, stdout } = process;
  // Whatever ends the process, also a bug: the terminal is as it was.
  process.on("exit", restore);
  for (const signal of leavingSignals) process.on(signal, askToLeave);
  stdin.setRawMode(true);
  stdin.on("data", press).on("end", askToLeave).on("error", askToLeave);
  stdout.on("resize", redraw);
  return () => {
    stdout.off("resize", redraw);
    stdin.off("data", press).off("end", askToLeave).off("error", askToLeave).pause();
    process.off("exit", restore);
    for (const signal of leavingSignals) process.off(signal, askToLeave);
  };
}

function leaveRawMode(): void {
  try {
    process.stdin.setRawMode(false);
  } catch {
    // The terminal is gone, and its mode with it.
  }
}

/** Several keys that were typed quickly come at once; some come as sequences that begin with Escape. */
const keysOf = (typed: string) => typed.match(new RegExp(`${escape}(?:\\[[\\d;]*.|.)?|.`, "gsu")) ?? [];

/** How far down it is after a key; what is beyond the end, the picture says. */
function scrolled(top: number, key: string, rows: number): number {
  const { lines = 0, pages } = scrolling[key] ?? {};
  return Math.max(0, top + lines + (pages === undefined ? 0 : pages * Math.max(1, rows - keptOfPage)));
}

/**
 * Line by line over what stood there, so that nothing flickers. Each is wiped before it is written: after a line that is
 * as wide as the terminal the cursor stands on its last character.
 */
function asText(lines: readonly string[]): string {
  const wiped = lines.map((line, index) => `\u001B[${index < lines.length - 1 ? "K" : "J"}${line}`);
  return `\u001B[H${wiped.join("\r\n")}`;
}
