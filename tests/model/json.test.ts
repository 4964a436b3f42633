import { expect, test } from "bun:test";

import { isPlainJson, isTooDeep } from "../../lib/model/json.ts";

test("a text is as deep as its brackets outside of strings", () => {
  expect(isTooDeep("[".repeat(100))).toBe(false);
  expect(isTooDeep("[".repeat(101))).toBe(true);
  expect(isTooDeep(`"${"[".repeat(500)}"`)).toBe(false);
  expect(isTooDeep(`"\\"${"[".repeat(500)}"`)).toBe(false);
  expect(isTooDeep(`{"a": "\\\\", "b": ${"[".repeat(500)}`)).toBe(true);
  expect(isTooDeep("[]".repeat(500))).toBe(false);
});

test("JSON that is broken or too deep is not plain", () => {
  expect(['{"a": [1]}', "{", `${"[".repeat(200)}${"]".repeat(200)}`].map(isPlainJson)).toEqual([true, false, false]);
});
