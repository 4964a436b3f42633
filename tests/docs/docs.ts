/** Writes every generated table of the documentation: npm run docs. */
import { documents, freshText, pathOf, textOf } from "./documents.ts";

for (const name of Object.keys(documents)) {
  const fresh = await freshText(name);
  if (fresh === (await textOf(name))) continue;
  await Bun.write(pathOf(name), fresh);
  console.log(`${name}: written`);
}
