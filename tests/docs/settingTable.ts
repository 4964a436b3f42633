import * as v from "valibot";

import { defaults, names, tableMeanings, topMeanings } from "../../lib/settings/config.ts";
import type { SettingMeaning } from "../../lib/settings/types.ts";
import { code, type Table, table } from "./table.ts";

/** How each table is opened in a file. */
const heads: Readonly<Record<keyof typeof tableMeanings, string>> = {
  storage: "[storage]",
  rules: "[rules.NAME]",
  alerts: "[alerts]",
  service: "[[service]]",
  http: "[[http]]",
  tcp: "[[tcp]]",
  export: "[[export]]",
};

/** Every setting: those of the top, then table by table. */
export function settingTable(): Table {
  const tables: Readonly<Record<string, Readonly<Record<string, SettingMeaning>>>> = tableMeanings;
  const schemas: Readonly<Record<string, v.ObjectEntries>> = names.tables;
  const rest = Object.entries(heads).flatMap(([name, head]) =>
    rows(schemas[name], tables[name] ?? {}, (entry) => `${head} ${entry}`),
  );
  return table(["setting", "value", "default", "meaning"], [...rows(names.top, topMeanings, (name) => name), ...rest]);
}

function rows(
  schemas: v.ObjectEntries = {},
  meanings: Readonly<Record<string, SettingMeaning>>,
  spell: (name: string) => string,
): readonly (readonly string[])[] {
  return Object.entries(meanings).map(([name, about]) => {
    const schema = schemas[name];
    if (schema === undefined) throw new Error(`there is no setting ${spell(name)}`);
    return [code(spell(name)), valueOf(schema), defaultOf(name, schema, about), about.meaning];
  });
}

/** What an error would say that the setting wants. */
function valueOf(schema: v.ObjectEntries[string]): string {
  const { issues } = v.safeParse(schema, Symbol("nothing that a file can hold"));
  return issues?.[0].message ?? "anything";
}

function defaultOf(name: string, schema: v.ObjectEntries[string], about: SettingMeaning): string {
  if (about.default !== undefined) return about.default;
  const ofTop: Readonly<Record<string, unknown>> = defaults;
  return code(JSON.stringify(v.getDefault(schema) ?? ofTop[name]));
}
