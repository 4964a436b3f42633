import type { Output } from "./output.ts";

/** The lines of a screen of some columns and rows; what does not fit is the caller's business. */
export type Picture = (columns: number, rows: number) => readonly string[];

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
const leavingKeys = ["q", "Q", "\u0003", "\u0004"];
const leavingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes this process's terminal; null when standard input or output is none, or one that can only print. */
export function openScreen({ out }: Output): Screen | null {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY || process.env["TERM"] === "dumb") return null;
  const leaving = new AbortController();
  const askToLeave = () => leaving.abort();
  const press = (typed: Buffer) => asksToLeave(typed.toString()) && askToLeave();
  let shown: Picture = () => [];
  const redraw = () => out(asText(shown(stdout.columns || 80, stdout.rows || 24)));
  let isOpen = true;
  const restore = () => {
    if (!isOpen) return;
    isOpen = false;
    leaveRawMode();
    out(leave);
  };
  // Whatever ends the process, also a bug: the terminal is as it was.
  process.on("exit", restore);
  for (const signal of leavingSignals) process.on(signal, askToLeave);
  stdin.setRawMode(true);
  stdin.on("data", press).on("end", askToLeave).on("error", askToLeave);
  stdout.on("resize", redraw);
  out(enter);
  return {
    draw: (picture) => {
      shown = picture;
      redraw();
    },
    left: leaving.signal,
    [Symbol.dispose]: () => {
      restore();
      stdout.off("resize", redraw);
      stdin.off("data", press).off("end", askToLeave).off("error", askToLeave).pause();
      process.off("exit", restore);
      for (const signal of leavingSignals) process.off(signal, askToLeave);
    },
  };
}

function leaveRawMode(): void {
  try {
    process.stdin.setRawMode(false);
  } catch {
    // The terminal is gone, and its mode with it.
  }
}

/** Other keys come as sequences that begin with Escape; several that were typed quickly come at once. */
function asksToLeave(typed: string): boolean {
  return typed === "\u001B" || (!typed.startsWith("\u001B") && leavingKeys.some((key) => typed.includes(key)));
}

/**
 * Line by line over what stood there, so that nothing flickers. Each is wiped before it is written: after a line that is
 * as wide as the terminal the cursor stands on its last character.
 */
function asText(lines: readonly string[]): string {
  const wiped = lines.map((line, index) => `\u001B[${index < lines.length - 1 ? "K" : "J"}${line}`);
  return `\u001B[H${wiped.join("\r\n")}`;
}
