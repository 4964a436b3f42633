import { expect, test } from "bun:test";

import { parseToml } from "../../lib/settings/problems.ts";

test.each([
  ["in the first line", "name = ", 1],
  ["in a later one", 'name = "a"\n\nsplay = \nunits = "iec"\n', 3],
  ["in a table named twice", "[storage]\n[storage]\n", 2],
  ["where a list begins that never ends", "splay = 1\n[storage]\nexclude = [\n  '/mnt',\n", 3],
])("what is wrong %s is said with that line", (_, text, line) => {
  const parsed = parseToml(text);
  expect(parsed).toEqual({
    ok: false,
    problem: expect.stringMatching(new RegExp(`^is not TOML: line ${line}: (?!TOML)\\S`)),
  });
});

test("a right text gives its values", () => {
  expect(parseToml('name = "a"\n')).toEqual({ ok: true, value: { name: "a" } });
});

test.each(["thread_id", "alerts.mention_user"])("%s without quotes is told as such", (setting) => {
  const problem = 'has an id without quotes in line 2: write "123456789012345678"';
  expect(parseToml(`name = "a"\n${setting} = 123456789012345678\n`)).toEqual({ ok: false, problem });
});

test("a word that lacks its quotes may be a secret, and is not quoted", () => {
  const problem = "is not TOML: line 2: Strings must be quoted";
  expect(parseToml("[[export]]\nheaders = { X-Token = abc123 }\n")).toEqual({ ok: false, problem });
});
