import { expect, test } from "bun:test";

import type { Transition } from "../../lib/alerts/alert.ts";
import type { RuleName } from "../../lib/alerts/rules.ts";
import { createFormat } from "../../lib/format.ts";
import { observations } from "../../lib/model/observation.ts";
import { type Facts, explain, findingsOf, readTopProcesses } from "../../lib/report/explain.ts";
import { en } from "../../lib/words/en.ts";
import { defaultConfig } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";
import { virtualClock } from "../support/virtualClock.ts";
import { raisedAt } from "../support/raised.ts";

const hourMs = 3_600_000;
const raised = raisedAt(0);
const over = (transition: Transition): Transition => ({ ...transition, kind: "recovered", to: null });
const news = (...transitions: readonly Transition[]) => ({ transitions, events: [] });
const killed = { kind: "killed", severity: "critical", count: 1 } as const;
const facts: Facts = {
  observations: [],
  processes: null,
  hours: [],
  seconds: null,
  format: createFormat("si"),
  words: en,
};

const reading = (machineTicks: number, mysql: number, node: number): NonNullable<Facts["processes"]>["now"] => ({
  onlyOwn: false,
  zombies: 0,
  largest: [{ pid: 1, name: "mysqld", residentBytes: 1.5e9 }],
  machineTicks,
  cpu: [
    [1, 0, mysql, "mysqld"],
    [2, 0, node, "node"],
  ],
});

test("who uses the CPUs and the memory is said with their shares", () => {
  const processes = { before: reading(1000, 10, 10), now: reading(1100, 20, 90) };
  const said = (...rules: readonly RuleName[]) =>
    explain(news(...rules.map((rule) => raised(rule))), { ...facts, processes });
  expect(said("cpu_busy")).toEqual(["top CPU: node 80 %, mysqld 10 %"]);
  expect(said("memory")).toEqual(["top memory: mysqld 1.50 GB"]);
  expect(said("cpu_busy", "memory")).toEqual(["top CPU: node 80 %, mysqld 10 %", "top memory: mysqld 1.50 GB"]);
});

test("processes are looked at when CPU or memory is bad or one was killed, and not otherwise", async () => {
  const looked = async (one: Parameters<typeof readTopProcesses>[0]) => {
    let reads = 0;
    const readProc = async () => {
      reads += 1;
      throw new Error("cannot be read");
    };
    expect(await readTopProcesses(one, { ...testHost({}), readProc }, virtualClock(0), defaultConfig)).toBeNull();
    return reads > 0;
  };
  expect(await looked(news(raised("memory")))).toBe(true);
  expect(await looked(news(raised("load")))).toBe(true);
  expect(await looked({ transitions: [], events: [killed] })).toBe(true);
  expect(await looked(news(raised("storage_used", { mount: "/" })))).toBe(false);
  expect(await looked(news(over(raised("memory"))))).toBe(false);
});

const shares = (busy: number, iowait: number, steal: number) =>
  observations("cpu", { busy_percent: busy, iowait_percent: iowait, steal_percent: steal }, { window: "report" });

test.each([
  ["the disks", shares(20, 70, 0), ["mostly I/O wait (70 %), CPU busy 20 %"]],
  ["the host", shares(90, 2, 60), ["the host is short of CPU: steal 60 %"]],
  ["nobody else", shares(95, 2, 1), []],
])("CPUs that wait for %s say so", (_, seen, expected) => {
  expect(explain(news(raised("cpu_busy")), { ...facts, observations: seen })).toEqual(expected);
});

const filling = (hours: number, bytesAnHour: number) =>
  Array.from({ length: hours }, (_, hour) => ({
    startMs: hour * hourMs,
    numbers: new Map([['storage_used_bytes{mount="/"}', { average: hour * bytesAnHour }]]),
  }));

test("how fast a disk fills is said once, from a day of points on", () => {
  const disk = news(raised("storage_used", { mount: "/" }), raised("storage_full_soon", { mount: "/" }));
  const left = observations("storage", { available_bytes: 24e9 }, { mount: "/" });
  const said = (hours: Facts["hours"]) => explain(disk, { ...facts, observations: left, hours });
  expect(said(filling(25, 5e7))).toEqual(["/: 24.0 GB free, +1.20 GB/day"]);
  expect(said(filling(24, 5e7))).toEqual(["/: 24.0 GB free"]);
  expect(said(filling(48, -5e7))).toEqual(["/: 24.0 GB free"]);
});

test("a disk that fills faster by now than for days is told by the hour, with the time that its alert names", () => {
  const labels = { mount: "/" };
  const said = (soon: number, one: Transition = raised("storage_used", labels)) => {
    const left = observations("storage", { available_bytes: 24e9, full_in_hours: soon }, labels);
    return explain(news(one), { ...facts, observations: left, hours: filling(25, 5e7) });
  };
  expect(said(2.4)).toEqual(["24.0 GB free, +10.0 GB/h, full in about 2 h"]);
  expect(said(744)).toEqual(["24.0 GB free, +1.20 GB/day, full in about 20 days"]);
  // Its headline says the time.
  expect(said(2.4, raised("storage_full_soon", labels))).toEqual(["24.0 GB free, +10.0 GB/h"]);
});

test("of a disk that gets emptier no speed is told", () => {
  const labels = { mount: "/" };
  const left = observations("storage", { available_bytes: 24e9, full_in_hours: 4 }, labels);
  const better: Transition = { ...raised("storage_used", labels), kind: "better", from: "critical" };
  expect(explain(news(better), { ...facts, observations: left, hours: filling(25, 5e7) })).toEqual(["24.0 GB free"]);
});

test("I/O wait names the processes that wait, and does not repeat its number", () => {
  const now = { ...reading(1100, 20, 90), waiting: ["postgres", "kworker/u8:2"] };
  const processes = { before: reading(1000, 10, 10), now };
  const seen = shares(20, 70, 0);
  const said = explain(news(raised("cpu_iowait")), { ...facts, processes, observations: seen });
  expect(said).toEqual(["waiting for a disk: postgres, kworker/u8:2", "top CPU: node 80 %, mysqld 10 %"]);
});

test("who was killed for lack of memory is not known, but whether memory is short now", () => {
  const events = [killed];
  const processes = { before: reading(1000, 10, 10), now: reading(1100, 20, 90) };
  const said = (available: number) => {
    const memory = observations("memory", { available_bytes: available, total_bytes: 4e9 });
    return explain({ transitions: [], events }, { ...facts, processes, observations: memory });
  };
  expect(said(2e9)).toEqual(["2.00 / 4.00 GB of memory available now · probably the limit of one unit or container"]);
  expect(said(4e8)).toEqual(["0.40 / 4.00 GB of memory available now", "top memory: mysqld 1.50 GB"]);
});

test("what was found of a service or a page stands with its announcement, not with its recovery", () => {
  const row = (check: string) =>
    ({
      label: check,
      lines: ["HTTP 502"],
      importance: "notable",
      about: [`http_up{check="${check}"}`],
    }) as const;
  const down = raised("http_down", { check: "blog" });
  const rows = [row("blog"), row("shop")];
  expect([...findingsOf(news(down), rows, en)]).toEqual([['http_up{check="blog"}', "HTTP 502"]]);
  expect(findingsOf(news(over(down)), rows, en).size).toBe(0);
});

test("of one of several units only its own failure is found", () => {
  const key = (unit: string) => `unit_failed{unit="${unit}"}` as const;
  const row = {
    label: "Services",
    lines: ["failed: fwupd-refresh (exit-code), x (oom-kill)"],
    importance: "notable",
    about: [key("fwupd-refresh.service"), key("x.service")],
    each: new Map([
      [key("fwupd-refresh.service"), "exit-code"],
      [key("x.service"), "oom-kill"],
    ]),
  } as const;
  expect([...findingsOf(news(raised("units", { unit: "x.service" })), [row], en)]).toEqual([
    [key("x.service"), "oom-kill"],
  ]);
});
