import { join } from "node:path";

import { projectRoot } from "../support/project.ts";
import { metricTable } from "./metricTable.ts";
import { ruleTable } from "./ruleTable.ts";
import { settingTable } from "./settingTable.ts";
import type { Table } from "./table.ts";
import { recipeTable } from "./recipeTable.ts";
import {
  captureTable,
  commandTable,
  errorTable,
  exitTable,
  nameTable,
  optionTable,
  startErrorTable,
} from "./tables.ts";

/** Every page with generated tables: what stands in it between `<!-- docs: NAME -->` and `<!-- /docs -->`. */
export const documents: Readonly<Record<string, Readonly<Record<string, () => Table>>>> = {
  "lib/alerts/README.md": { rules: ruleTable },
  "lib/commands/README.md": {
    commands: commandTable,
    options: optionTable,
    "exit-codes": exitTable,
    errors: errorTable,
    "start-errors": startErrorTable,
  },
  "lib/export/README.md": { names: nameTable },
  "lib/metrics/README.md": { metrics: metricTable },
  "lib/suggest/README.md": { recipes: recipeTable },
  "lib/settings/README.md": { settings: settingTable },
  "tests/machines/README.md": { "machine-keys": captureTable },
};

/** Where a page is. */
export const pathOf = (name: string): string => join(projectRoot, name);

/** A page as it is. */
export const textOf = async (name: string): Promise<string> => Bun.file(pathOf(name)).text();

const marked = /(<!-- docs: ([\w-]+) -->\n).*?(<!-- \/docs -->)/gs;

/** A page as it should be, laid out by the formatter. Throws when its markers are not those of its tables. */
export async function freshText(name: string): Promise<string> {
  const tables = documents[name] ?? {};
  const text = await textOf(name);
  const found = Array.from(text.matchAll(marked), ([, , table = ""]) => table);
  const expected = Object.keys(tables);
  if (found.toSorted().join() !== expected.toSorted().join()) {
    throw new Error(`${name}: expected markers for ${expected.join(", ")}; found ${found.join(", ")}`);
  }
  const fresh = text.replace(marked, (_, before: string, table: string, after: string) => {
    return `${before}\n${(tables[table]?.() ?? []).join("\n")}\n\n${after}`;
  });
  return formatted(name, fresh);
}

async function formatted(name: string, text: string): Promise<string> {
  const command = [process.execPath, "fmt", `--stdin-filepath=${name}`];
  const child = Bun.spawn(command, { cwd: projectRoot, stdin: new Blob([text]), stdout: "pipe", stderr: "inherit" });
  const output = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(`${name}: the formatter failed`);
  return output;
}
