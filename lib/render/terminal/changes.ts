import { localText, printable } from "../../format.ts";
import type { Change } from "../../model/change.ts";
import type { Words } from "../../words/en.ts";
import { asText, headOf, signOf } from "./frame.ts";
import type { TextOptions } from "./options.ts";
import { padTo, wrap } from "./wrap.ts";

/** What changed in a time. */
export interface ChangesShown {
  readonly name: string;
  readonly nowMs: number;
  readonly days: number;
  /** The newest first. */
  readonly changes: readonly Change[];
}

/** What changed for a terminal, the newest first: a sign stands before what somebody else may have done. */
export function renderChanges(shown: ChangesShown, options: TextOptions & { readonly words: Words }): string {
  const { name, nowMs, days, changes } = shown;
  const { columns, ruler, timezone } = options;
  const { changes: words } = options.words;
  const head = headOf({ mark: "ok", name, verdict: words.inAll(days, changes.length), facts: [] }, options);
  const times = changes.map(({ atMs }) => localText(atMs, nowMs, timezone));
  const width = Math.max(0, ...times.map((time) => ruler.stringWidth(time)));
  const lines = changes.flatMap((change, index) => {
    const time = times[index] === times[index - 1] ? "" : (times[index] ?? "");
    const texts = [say(change, options.words), ...(change.isLoud ? [words.detail(change)] : [])].filter(Boolean);
    const room = columns === null ? Infinity : columns - width - 6;
    const [first = "", ...rest] = wrap(texts.map(printable), room, ruler);
    const margin = " ".repeat(width + 6);
    const begin = `  ${padTo(time, width, ruler)}  ${signOf(change.isLoud ? "warning" : null, options)}`;
    return [begin + first].concat(rest.map((line) => margin + line));
  });
  return asText([...head, "", ...(lines.length === 0 ? [`  ${words.none}`] : lines)], options);
}

const say = (change: Change, { changes: words }: Words) =>
  change.by === null ? words.news(change) : words.because(words.news(change), change.by);
