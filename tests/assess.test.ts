import { expect, test } from "bun:test";

import { assess } from "../lib/assess.ts";
import type { Rule } from "../lib/rules.ts";

const disk: Rule = {
  observation: "storage_used_percent",
  warning: 85,
  critical: 95,
  subject: "disk {mount}",
  show: "value",
};
const memory: Rule = {
  observation: "memory_available_percent",
  warning: 10,
  critical: 5,
  subject: "memory",
  show: "complement",
};
const used = (mount: string, value: number) => ({ name: "storage_used_percent", labels: { mount }, value });
const available = (value: number) => ({ name: "memory_available_percent", labels: {}, value });

test.each([
  [84.99, []],
  [85, ["warning"]],
  [94.99, ["warning"]],
  [95, ["critical"]],
  [100, ["critical"]],
])("a disk that is %d percent full is %j", (value, severities) => {
  expect(assess([used("/", value)], [disk]).map(({ severity }) => severity as string)).toEqual(severities);
});

test.each([
  [10.01, []],
  [10, ["warning"]],
  [5, ["critical"]],
  [0, ["critical"]],
])("memory of which %d percent are available is %j", (value, severities) => {
  expect(assess([available(value)], [memory]).map(({ severity }) => severity as string)).toEqual(severities);
});

test("the worst comes first, across rules", () => {
  const alerts = assess([used("/", 87), used("/srv", 99), available(3)], [disk, memory]);
  expect(alerts.map(({ summary }) => summary)).toEqual(["disk /srv 99 %", "memory 97 %", "disk / 87 %"]);
});

test("each set of labels is a target of its own, named by its key", () => {
  expect(assess([used("/a", 90), used("/b", 10)], [disk]).map(({ key }) => key)).toEqual([
    'storage_used_percent{mount="/a"}',
  ]);
});

test("what was not observed raises nothing, and neither does what is no number", () => {
  expect(assess([], [disk, memory])).toEqual([]);
  expect(assess([used("/", Number.NaN)], [disk])).toEqual([]);
});

test("a label that looks like a pattern stays as it is", () => {
  expect(assess([used("/$&{mount}", 90)], [disk]).map(({ summary }) => summary)).toEqual(["disk /$&{mount} 90 %"]);
});
