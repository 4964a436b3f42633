import { expect, test } from "bun:test";

import { testWhen } from "../support/programNeeds.ts";
import { installRows } from "./installRows.ts";
import { networkRows } from "./networkRows.ts";
import { placeRows } from "./placeRows.ts";
import type { Provocations } from "./provoke.ts";
import { settingsRows } from "./settingsRows.ts";
import { shellRows } from "./shellRows.ts";
import { errors, startErrors } from "./words.ts";

/*
 * Every row of words.ts is provoked. `npm run docs` writes those into lib/commands/README.md, so what the program says cannot
 * change without its page.
 */
const startWords = Object.entries(startErrors).map(([because, { words }]) => [because, words] as const);
const tables: readonly (readonly [string, readonly (readonly [string, string])[], Provocations])[] = [
  ["it says", Object.entries(errors), { ...settingsRows, ...networkRows, ...placeRows, ...installRows }],
  ["you see", startWords, shellRows],
];

for (const [heading, rows, provocations] of tables) {
  test(`what "${heading}" has a row for everything that is provoked, and no other`, () => {
    expect(rows.map(([because]) => because)).toEqual(Object.keys(provocations));
  });

  for (const [because, words] of rows) {
    const { needs = [], says } = provocations[because] ?? {};
    const pattern = heading === "it says" ? `^${patternOf(words)}\n$` : patternOf(words);
    testWhen(needs)(`"${heading}" when ${because}: as the page has it`, async () => {
      const texts = [(await says?.()) ?? "nothing"].flat();
      for (const text of texts) expect(text).toMatch(new RegExp(pattern));
    });
  }
}

/** Whether a text has these words; `…` stands for anything. */
function patternOf(words: string): string {
  return words
    .split("…")
    .map((part) => RegExp.escape(part))
    .join(".+");
}
