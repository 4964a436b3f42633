import * as v from "valibot";

import { alertMeanings } from "../../lib/settings/alertTable.ts";
import { alsoMeanings } from "../../lib/settings/alsoTable.ts";
import { reminderHours } from "../../lib/settings/announcements.ts";
import { checkMeanings } from "../../lib/settings/checks.ts";
import { defaults } from "../../lib/settings/config.ts";
import { names, storageMeanings, topMeanings } from "../../lib/settings/decide.ts";
import { exportMeanings } from "../../lib/settings/exportTable.ts";
import { probeMeanings } from "../../lib/settings/probes.ts";
import { changesMeanings } from "../../lib/settings/changes.ts";
import { jobsMeanings } from "../../lib/settings/jobs.ts";
import { ruleMeanings } from "../../lib/settings/ruleTable.ts";
import { runsToClear } from "../../lib/settings/thresholds.ts";
import { trafficMeanings } from "../../lib/settings/traffic.ts";
import type { SettingMeaning } from "../../lib/settings/types.ts";
import { code, type Table, table } from "./table.ts";

/** The settings of one table. */
interface Section {
  /** How it is opened in a file; empty for the top. */
  readonly head: string;
  readonly meanings: Readonly<Record<string, SettingMeaning>>;
  readonly defaults?: Readonly<Record<string, unknown>>;
}

const sections: Readonly<Record<keyof typeof names.tables, Section>> = {
  storage: { head: "[storage]", meanings: storageMeanings },
  jobs: { head: "[jobs]", meanings: jobsMeanings },
  changes: { head: "[changes]", meanings: changesMeanings },
  traffic: { head: "[traffic]", meanings: trafficMeanings },
  rules: { head: "[rules.NAME]", meanings: ruleMeanings, defaults: { clear_runs: runsToClear } },
  alerts: { head: "[alerts]", meanings: alertMeanings, defaults: { reminder_hours: reminderHours } },
  also: { head: "[[alerts.also]]", meanings: alsoMeanings },
  service: { head: "[[service]]", meanings: checkMeanings.service },
  http: { head: "[[http]]", meanings: checkMeanings.http },
  tcp: { head: "[[tcp]]", meanings: checkMeanings.tcp },
  probe: { head: "[[probe]]", meanings: probeMeanings },
  export: { head: "[[export]]", meanings: exportMeanings },
};

/** Every setting: those of the top, then table by table. */
export function settingTable(): Table {
  const schemas: Readonly<Record<string, v.ObjectEntries>> = names.tables;
  const top = rowsOf({ head: "", meanings: topMeanings, defaults }, names.top);
  const rest = Object.entries(sections).flatMap(([name, section]) => rowsOf(section, schemas[name]));
  return table(["setting", "value", "default", "meaning"], [...top, ...rest]);
}

function rowsOf({ head, meanings, defaults: known = {} }: Section, schemas: v.ObjectEntries = {}) {
  return Object.entries(meanings).map(([name, about]) => {
    const [spelled, schema] = [`${head} ${name}`.trim(), schemas[name]];
    const standard = about.default ?? inToml(schema && (v.getDefault(schema) ?? known[name]));
    if (schema === undefined || standard === null) throw new Error(`${spelled} has no schema, or no default`);
    return [code(spelled), valueOf(schema), standard, about.meaning];
  });
}

/** What an error would say that the setting wants. */
function valueOf(schema: v.ObjectEntries[string]): string {
  const { issues } = v.safeParse(schema, Symbol("nothing that a file can hold"));
  return issues?.[0].message ?? "anything";
}

/** A value as it stands in a file; null for none. */
function inToml(value: unknown): string | null {
  if (value === undefined) return null;
  return code(
    JSON.stringify(value)
      .replaceAll(/"(\w+)":/g, " $1 = ")
      .replace(/(?<=\d)\}$/, " }"),
  );
}
