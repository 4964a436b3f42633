import { recipes } from "../../lib/suggest/recipes.ts";
import { code, type Table, table } from "./table.ts";

/** Every recipe of `suggest`: how it finds something, who may read it, and what it was tried on. */
export const recipeTable = (): Table =>
  table(
    ["recipe", "recognised by", "to read it, once", "tried on"],
    Object.entries(recipes).map(([name, { recognised, access, triedOn }]) => [
      name,
      recognised,
      access === null ? "nothing" : code(access.replaceAll("{user}", "root")),
      triedOn,
    ]),
  );
