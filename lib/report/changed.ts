import type { Change } from "../model/change.ts";
import type { Words } from "../words/en.ts";

/** A line has room for so many. */
const shown = 3;

/**
 * `changed: 14 packages upgraded, among them postgresql-15 · nginx restarted`; null for nothing. What was loud is in it, too.
 * What a package brought is not, but for open ports: it goes with the package.
 */
export function sayChanges(changes: readonly Change[], { changes: words, list }: Words): string | null {
  const restarts = changes.filter(({ kind }) => kind === "restart");
  const [first, ...others] = restarts;
  // Restarts are many after an update, and one entry.
  const names = [...new Set(restarts.map(({ subject }) => subject.replace(/\.service$/, "")))];
  const entries = [
    ...changes
      .filter((one) => one.kind !== "restart" && (one.by === null || one.kind === "port"))
      .toSorted((one, other) => rankOf(one) - rankOf(other)),
    ...(first === undefined ? [] : [{ ...first, subject: others.length === 0 ? first.subject : list(names) }]),
  ];
  const texts = [...new Set(entries.map((one) => words.news(one)))];
  if (texts.length === 0) return null;
  return words.lately(texts.slice(0, shown), Math.max(0, texts.length - shown));
}

const rankOf = ({ isLoud, kind }: Change): number => (isLoud ? 0 : kind === "package" ? 1 : 2);
