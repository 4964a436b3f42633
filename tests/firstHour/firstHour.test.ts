import { expect, test } from "bun:test";

import { installRows } from "./installRows.ts";
import { networkRows } from "./networkRows.ts";
import { placeRows } from "./placeRows.ts";
import type { Provocations } from "./provoke.ts";
import { rowsUnder, wordsOf } from "./readme.ts";
import { settingsRows } from "./settingsRows.ts";
import { shellRows } from "./shellRows.ts";
import { testWhen } from "../support/programNeeds.ts";

/*
 * The tables in lib/commands/README.md of what goes wrong in the first hour, each row provoked. The texts stand there alone, so what
 * the program says cannot change without that page.
 */
const tables: readonly (readonly [string, Provocations, (words: string) => string])[] = [
  ["it says", { ...settingsRows, ...networkRows, ...placeRows, ...installRows }, (words) => `^${words}\n$`],
  ["you see", shellRows, (words) => words],
];

for (const [heading, provocations, pattern] of tables) {
  const rows = rowsUnder(heading);

  test(`the README's table of what "${heading}" has a row for everything that is provoked, and no other`, () => {
    expect(rows.map(({ because }) => because)).toEqual(Object.keys(provocations));
  });

  for (const row of rows) {
    const { needs = [], says } = provocations[row.because] ?? {};
    testWhen(needs)(`"${heading}" when ${row.because}: as the README has it`, async () => {
      const texts = [(await says?.()) ?? "nothing"].flat();
      for (const text of texts) expect(text).toMatch(new RegExp(pattern(wordsOf(row))));
    });
  }
}
