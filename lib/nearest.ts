/**
 * The candidate that was probably meant: at most two edits away, or a third of its letters, but not more than half of the
 * word's; or one that the word is a part of; null when none is.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      ({ candidate, edits }) => edits <= Math.max(2, Math.floor(candidate.length / 3)) && edits * 2 <= word.length,
    )
    .toSorted((one, other) => one.edits - other.edits);
  return ranked[0]?.candidate ?? (word.length < 4 ? null : (candidates.find((one) => one.includes(word)) ?? null));
}

/** `; did you mean show?`, or nothing. */
export function didYouMean(
  word: string,
  candidates: readonly string[],
  quote = (meant: string): string => meant,
): string {
  const meant = nearest(word, candidates);
  return meant === null ? "" : `; did you mean ${quote(meant)}?`;
}

/** Levenshtein's distance: insertions, deletions and substitutions that turn one word into the other. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, candidate] of [...other].entries()) {
      const substitution = (row[j] ?? 0) + (letter === candidate ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
