import type { Change } from "../model/change.ts";
import type { Words } from "../words/en.ts";

/** A line has room for so many. */
const shown = 3;

/** `changed: 14 packages upgraded, among them postgresql-15 · nginx restarted`. What was loud is in it, too. */
export function sayChanges(changes: readonly Change[], { changes: words, list }: Words): string {
  const restarts = changes.filter(({ kind }) => kind === "restart");
  const [first, ...others] = restarts;
  // Restarts are many after an update, and one entry.
  const names = [...new Set(restarts.map(({ subject }) => subject.replace(/\.service$/, "")))];
  const entries = [
    ...changes
      .filter((one) => one.kind !== "restart")
      .toSorted((one, other) => Number(other.isLoud) - Number(one.isLoud)),
    ...(first === undefined ? [] : [{ ...first, subject: others.length === 0 ? first.subject : list(names) }]),
  ];
  const texts = [...new Set(entries.map((one) => words.news(one)))];
  return words.lately(texts.slice(0, shown), Math.max(0, texts.length - shown));
}
