import { expect, test } from "bun:test";

import { documents, freshText, textOf } from "./documents.ts";

test.each(Object.keys(documents))("the generated tables of %s are fresh; if not: npm run docs", async (name) => {
  expect(await textOf(name)).toBe(await freshText(name));
});
