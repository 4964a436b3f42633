import { expect, test } from "bun:test";
import * as v from "valibot";

import { checkSettings, decide, fileLayer, type Layer, names } from "../../lib/settings/decide.ts";

const file = (values: unknown): Layer => fileLayer(values, "server.toml");

function problemsOf(values: unknown): readonly string[] {
  const result = decide([file(values)]);
  return result.ok ? [] : result.problems;
}

test("without any settings the defaults hold", () => {
  expect(decide([])).toMatchObject({
    ok: true,
    value: {
      name: null,
      timezone: null,
      units: "iec",
      sampleSeconds: 0.5,
      layout: "card",
      storage: { include: [], exclude: [], network: false },
    },
  });
});

test("a later layer wins, setting by setting, inside of tables too", () => {
  const result = decide([
    file({ name: "baked", units: "si", storage: { exclude: ["/a"], network: true } }),
    file({ name: "file", storage: { exclude: ["/b"] } }),
  ]);
  expect(result).toMatchObject({
    value: { name: "file", units: "si", storage: { exclude: ["/b"], network: true } },
  });
});

test.each([
  [{ name: 7 }, 'setting "name" in server.toml: expected a name of 1 to 80 characters, got 7'],
  [{ name: "  " }, 'setting "name" in server.toml: expected a name of 1 to 80 characters, got "'],
  [{ units: "metric" }, 'setting "units" in server.toml: expected "iec" or "si", got "metric"'],
  [{ chart: true }, 'setting "chart" in server.toml: expected "auto" or "always" or "never", got true'],
  [
    { digest: "8:00" },
    'setting "digest" in server.toml: expected a time of day such as "08:00", or with a day of the week such as "monday 08:00", got "8:00"',
  ],
  [
    { digest: "mon 08:00" },
    'setting "digest" in server.toml: expected a time of day such as "08:00", or with a day of the week such as "monday 08:00", got "mon 08:00"',
  ],
  [
    { digest: "08:00 monday" },
    'setting "digest" in server.toml: expected a time of day such as "08:00", or with a day of the week such as "monday 08:00", got "08:00 monday"',
  ],
  [
    { digest: "24:00" },
    'setting "digest" in server.toml: expected a time of day such as "08:00", or with a day of the week such as "monday 08:00", got "24:00"',
  ],
  [
    { digest: 8 },
    'setting "digest" in server.toml: expected a time of day such as "08:00", or with a day of the week such as "monday 08:00", got 8',
  ],
  [{ sample: 31 }, 'setting "sample" in server.toml: expected a number of seconds from 0 to 30, got 31'],
  [{ sample: "1" }, 'setting "sample" in server.toml: expected a number of seconds from 0 to 30, got "1"'],
  [{ timezone: "Mars" }, 'setting "timezone" in server.toml: expected a time zone such as "Asia/Tokyo", got "Mars"'],
  [{ alerts: "loud" }, 'setting "alerts" in server.toml: expected a table'],
  [
    { alerts: { reminder_hours: 1 } },
    'setting "alerts.reminder_hours" in server.toml: expected a table of hours, got 1',
  ],
  [{ storage: 1 }, 'setting "storage" in server.toml: expected a table, got 1'],
  [{ storage: { network: "yes" } }, 'setting "storage.network" in server.toml: expected true or false, got "yes"'],
  [{ storage: { exclude: "/mnt" } }, 'setting "storage.exclude" in server.toml: expected a list of mount points'],
])("%j is refused with the setting, its layer, what it wants and what it got", (values, problem) => {
  const problems = problemsOf(values);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toStartWith(problem);
});

test("an address is not quoted, whatever setting it stands in: it may be a secret", () => {
  const problem = 'setting "mode" in server.toml: expected "post" or "live"';
  expect(problemsOf({ mode: "https://hc.example/token" })).toEqual([problem]);
});

test("an unknown setting is refused, with the one that was probably meant", () => {
  expect(problemsOf({ unit: "si" })).toEqual(['setting "unit" in server.toml is unknown; did you mean "units"?']);
  expect(problemsOf({ storage: { exlude: [] } })).toEqual([
    'setting "storage.exlude" in server.toml is unknown; did you mean "exclude"?',
  ]);
  expect(problemsOf({ zzzzzzzz: 1 })).toEqual(['setting "zzzzzzzz" in server.toml is unknown']);
});

test("every problem of every layer is named", () => {
  const result = decide([file({ units: 1, layout: 2 }), { values: { sample: -1 }, nameOf: () => "--sample" }]);
  const problems = result.ok ? [] : result.problems;
  expect(problems.map((problem) => problem.split(":", 1)[0])).toEqual([
    'setting "layout" in server.toml',
    'setting "units" in server.toml',
    "--sample",
  ]);
});

test("a settings file can be checked by itself", () => {
  expect(checkSettings({ name: "vps-tokyo" }, "a.toml")).toEqual([]);
  expect(checkSettings({ nam: "vps-tokyo" }, "a.toml")[0]).toContain('in a.toml is unknown; did you mean "name"?');
});

test("what is no table of settings at all is refused in words", () => {
  expect(checkSettings("text", "a.toml")).toHaveLength(1);
});

test("every setting says in its own words what it wants", () => {
  const tables: readonly v.ObjectEntries[] = [names.top, ...Object.values(names.tables)];
  const schemas = tables.flatMap((table) => Object.values(table));
  const wants = schemas.map((schema) => v.safeParse(schema, Symbol("none")).issues?.[0].message);
  expect(wants.filter((words) => words === undefined || words.startsWith("Invalid"))).toEqual([]);
});
