import { expect, test } from "bun:test";

import type { Probe, ProbeAnswer } from "../../lib/model/probe.ts";
import { findingOf } from "../../lib/probe/finding.ts";
import { probeOf } from "../support/probes.ts";

const find = (settings: Record<string, unknown>, answer: ProbeAnswer) => findingOf(probeOf(settings), answer);
const run = { run: ["/bin/x"] };
const program = (output: string, status: number | null = 0, errors = ""): ProbeAnswer => ({
  kind: "program",
  status,
  output,
  errors,
});
const page = (text: string): ProbeAnswer => ({ kind: "page", text });
const file = (more: Partial<ProbeAnswer & { kind: "file" }> = {}): ProbeAnswer => ({
  kind: "file",
  name: "dump-2.gz",
  ageSeconds: 7200,
  bytes: 5,
  text: null,
  ...more,
});
const certificate = (daysLeft: number, lifeDays: number): ProbeAnswer => ({
  kind: "certificate",
  name: "x/fullchain.pem",
  daysLeft,
  lifeDays,
});
const noFile: ProbeAnswer = { kind: "nothing", problem: { code: "noFile" } };

test.each([
  [0, 0],
  [1, 1],
  [2, 2],
  [3, null],
  [4, null],
  [127, null],
  [null, null],
])("exit status %p is the state %p", (status, state) => {
  expect(find(run, program("SOME TEXT\n", status))).toMatchObject({ state, text: "SOME TEXT" });
});

test("a plugin that does not know, and a program that fails, say so in their own words", () => {
  expect(find(run, program("PLUGIN UNKNOWN - no idea | a=1", 3))).toMatchObject({
    problem: { code: "unknown" },
    numbers: [],
  });
  expect(find(run, program("", 127, "not found\nmore"))).toMatchObject({
    text: "not found",
    problem: { code: "ended", status: 127 },
  });
  expect(find(run, program("", 2, "FATAL: no role"))).toMatchObject({
    state: 2,
    text: "FATAL: no role",
    problem: null,
  });
});

test("a number alone is judged by the limits of the settings, in the unit of the settings", () => {
  expect(find({ ...run, warning: 500, critical: 5000 }, program("812\n"))).toMatchObject({
    state: 0,
    text: "",
    numbers: [{ label: null, value: 812, uom: null, warning: { end: 500 }, critical: { end: 5000 } }],
  });
  expect(find({ ...run, unit: "ms", warning: 500 }, program("250\n"))).toMatchObject({
    numbers: [{ value: 0.25, uom: "seconds", warning: { end: 0.5 } }],
  });
});

test("a program that should say a number and does not is not well", () => {
  for (const text of ["", "many", "1e309"]) {
    expect(find({ ...run, warning: 5 }, program(text))).toMatchObject({ state: null, problem: { code: "noNumber" } });
  }
  expect(find(run, program("all fine"))).toMatchObject({ state: 0, problem: null });
});

test("one of a plugin's numbers can be taken, and is judged", () => {
  const output = "OK | a=1;5 b=2s";
  expect(find({ ...run, take: "b", warning: 1 }, program(output)).numbers).toMatchObject([
    { label: "b", value: 2, warning: { end: 1 } },
  ]);
  expect(find({ ...run, take: "c" }, program(output))).toMatchObject({ state: null, problem: { code: "noSuch" } });
  expect(find({ ...run, take: "c" }, program(output, 2))).toMatchObject({ state: 2, problem: null });
});

test("of a plugin that is well the limits of its numbers say nothing", () => {
  expect(find(run, program("SWAP OK | swap=2000MB;400;200;0;2000")).numbers).toMatchObject([
    { warning: null, critical: null },
  ]);
  expect(find(run, program("LOAD | load1=6;5;10", 1)).numbers).toMatchObject([{ warning: { end: 5 } }]);
});

test("a program may print JSON", () => {
  expect(find({ ...run, take: "a.b" }, program('{"a":{"b":4}}'))).toMatchObject({ state: 0, numbers: [{ value: 4 }] });
});

test("a page without the number is not known", () => {
  expect(find({ url: "http://a/", take: "a" }, page('{"a":1}'))).toMatchObject({ state: 0, numbers: [{ value: 1 }] });
  expect(find({ url: "http://a/", take: "b" }, page('{"a":1}'))).toMatchObject({
    state: null,
    problem: { code: "noSuch" },
  });
});

test("a word in the place of a number is told where nothing judges it", () => {
  const answer = page('{"software":{"version":"2026.10.0-beta.1"}}');
  const take = { url: "http://a/", take: "software.version" };
  expect(find(take, answer)).toMatchObject({ state: 0, text: "2026.10.0-beta.1", problem: null, numbers: [] });
  expect(find({ ...take, warning: 5 }, answer)).toMatchObject({ state: null, problem: { code: "noNumber" } });
});

test("a file has an age, a size, or a number inside", () => {
  expect(find({ file: "/x/*", warning: 25, unit: "hours" }, file())).toMatchObject({
    text: "dump-2.gz",
    numbers: [{ value: 7200, uom: "seconds", warning: { end: 90_000 } }],
  });
  expect(find({ file: "/x/*", take: "size", warning: "1:", unit: "MiB" }, file())).toMatchObject({
    numbers: [{ value: 5, uom: "bytes", warning: { start: 1024 ** 2, end: null } }],
  });
  expect(find({ file: "/x", take: "number" }, file({ text: "12\n" }))).toMatchObject({ numbers: [{ value: 12 }] });
  expect(find({ file: "/x", take: "a" }, file({ text: '{"a":3}' }))).toMatchObject({ numbers: [{ value: 3 }] });
});

test("a file that is not there is as bad as its limits can say", () => {
  expect(find({ file: "/x/*", warning: 5, critical: 9 }, noFile).state).toBe(2);
  expect(find({ file: "/x/*", warning: 5 }, noFile).state).toBe(1);
  expect(find({ file: "/x/*" }, noFile).state).toBeNull();
  expect(find({ file: "/x/*", take: "expiry" }, noFile).state).toBe(2);
});

test.each([
  [40, 90, 0],
  [13.9, 90, 1],
  [2.9, 90, 2],
  [-1, 90, 2],
  [13.9, 398, 1],
  [2.5, 6.6, 0],
  [2.1, 6.6, 1],
  [0.4, 6.6, 2],
])("a certificate with %p of %p days left is in state %p: 14 days, or a third of its life", (left, life, state) => {
  expect(find({ file: "/x", take: "expiry" }, certificate(left, life))).toMatchObject({
    state,
    numbers: [{ value: left, uom: "days" }],
  });
});

test("limits of the settings are days, and low is bad", () => {
  const found = find({ file: "/x", take: "expiry", warning: 30 }, certificate(20, 90));
  expect(found).toMatchObject({ state: 0, numbers: [{ warning: { start: 30, end: null } }] });
});

test("a text without end is cut, and what is half a letter with it", () => {
  expect(find(run, program("é".repeat(5000))).text).toHaveLength(200);
});

test("a probe that was not asked keeps its problem", () => {
  const probe: Probe = probeOf(run);
  expect(findingOf(probe, { kind: "nothing", problem: { code: "unsafe" } })).toEqual({
    probe: "x",
    state: null,
    text: "",
    problem: { code: "unsafe" },
    numbers: [],
  });
});
