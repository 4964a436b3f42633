import { expect, test } from "bun:test";

import { fuzz } from "./fuzz.ts";
import { mutators } from "./mutators.ts";

// The long form, with a seed of its own: npm run fuzz -- --seed 7 --count 10000
test("270 damaged files make no crash, no number that cannot be true, and no alarm", async () => {
  const { findings, mutators: used, targets } = await fuzz({ seed: 13, count: 270 });
  expect(findings).toEqual([]);
  expect([...used.keys()].toSorted()).toEqual(mutators.map(({ name }) => name).toSorted());
  expect(targets.size).toBeGreaterThan(200);
});
