import { expect, test } from "bun:test";

import { type AssessInput, assess } from "../lib/assess.ts";
import { activeRule } from "../lib/alertSettings.ts";
import type { Observation } from "../lib/metric.ts";
import type { RuleName } from "../lib/rules.ts";

const minute = 60_000;

type Settings = Parameters<typeof activeRule>[1];

/** Runs half an hour apart, each with its observations; says what each of them announced. */
function runs(
  all: readonly (readonly Observation[])[],
  settings: Settings = {},
  reminders = { warning: 0, critical: 0 },
) {
  let before: AssessInput["before"] = {};
  return all.map((observations, index) => {
    const assessment = assess({
      observations,
      ruleOf: (name: RuleName) => activeRule(name, settings),
      before,
      reminders,
      nowMs: index * 30 * minute,
    });
    before = assessment.states;
    return assessment;
  });
}

const disk = (value: number, mount = "/") => [
  { name: "storage_pressing_percent", labels: { mount }, value },
  { name: "storage_used_percent", labels: { mount }, value: value - 1 },
];
const memory = (value: number) => [{ name: "memory_available_percent", labels: {}, value }];
const announced = (all: ReturnType<typeof runs>) =>
  all.map(({ transitions }) => transitions.map(({ kind }) => kind).join("+"));

test.each([
  [84.99, null],
  [85, "warning"],
  [94.99, "warning"],
  [95, "critical"],
  [100, "critical"],
])("a disk that is %d percent full is %p", (value, severity) => {
  const alerts = runs([disk(value)])[0]?.alerts ?? [];
  expect(alerts[0]?.severity ?? null).toBe(severity as "warning" | "critical" | null);
});

test.each([
  [10.01, null],
  [10, "warning"],
  [5, "critical"],
  [0, "critical"],
])("memory of which %d percent are available is %p", (value, severity) => {
  const alerts = runs([memory(value)])[0]?.alerts ?? [];
  expect(alerts[0]?.severity ?? null).toBe(severity as "warning" | "critical" | null);
});

test("a disk is announced at once, memory after two runs in a row", () => {
  expect(announced(runs([disk(90), disk(90)]))).toEqual(["raised", ""]);
  expect(announced(runs([memory(8), memory(8), memory(8)]))).toEqual(["", "raised", ""]);
  expect(announced(runs([memory(8), memory(40), memory(8)]))).toEqual(["", "", ""]);
});

test("it is over after two runs beyond the clear line, not at the line that raised it", () => {
  expect(announced(runs([disk(86), disk(84), disk(81), disk(80), disk(79)]))).toEqual([
    "raised",
    "",
    "",
    "",
    "recovered",
  ]);
});

test("worse and better are said, each once", () => {
  const values = [86, 86, 86, 86, 86, 96, 96, 89, 89, 89];
  const said = announced(runs(values.map((value) => disk(value))));
  expect(said).toEqual(["raised", "", "", "", "", "worse", "", "", "better", ""]);
});

test("what changes too often is said to be flapping, once, and then nothing", () => {
  const values = [90, 70, 70, 90, 70, 70, 90, 70, 70];
  const said = announced(runs(values.map((value) => disk(value))));
  expect(said).toEqual(["raised", "", "recovered", "flapping", "", "", "", "", ""]);
});

test("what lasts is said again when it is time", () => {
  const lasting = Array.from({ length: 5 }, () => disk(90));
  expect(announced(runs(lasting, {}, { warning: 60 * minute, critical: 0 }))).toEqual([
    "raised",
    "",
    "reminder",
    "",
    "reminder",
  ]);
});

test("the number that is told may be another than the one that is judged", () => {
  expect(runs([disk(90)])[0]?.transitions[0]).toMatchObject({ value: 89, line: null, from: null, to: "warning" });
});

test("each set of labels is a target of its own; the worst comes first", () => {
  const [assessment] = runs([[...disk(87, "/"), ...disk(99, "/srv"), ...disk(10, "/tmp")]]);
  expect(assessment?.alerts.map(({ labels, severity }) => [labels["mount"], severity])).toEqual([
    ["/srv", "critical"],
    ["/", "warning"],
  ]);
});

test("a disk that was read-only from the first is meant to be so; one that becomes it is news", () => {
  const readOnly = (value: number) => [{ name: "storage_read_only", labels: { mount: "/" }, value }];
  expect(announced(runs([readOnly(1), readOnly(1)]))).toEqual(["", ""]);
  expect(announced(runs([readOnly(0), readOnly(1)]))).toEqual(["", "raised"]);
});

test("a rule that is switched off judges nothing, and lines can be moved", () => {
  expect(runs([disk(99)], { storage_used: false })[0]?.alerts).toEqual([]);
  expect(runs([disk(90)], { storage_used: { warning: 92 } })[0]?.alerts).toEqual([]);
});

test("what was not observed raises nothing, and neither does what is no number", () => {
  expect(runs([[]])[0]?.alerts).toEqual([]);
  expect(runs([disk(Number.NaN)])[0]?.alerts).toEqual([]);
});

test("a target that is gone for a run keeps its state", () => {
  expect(announced(runs([disk(90), [], disk(90)]))).toEqual(["raised", "", ""]);
});
