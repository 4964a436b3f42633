import { expect, test } from "bun:test";

import { reading } from "../../lib/host/machine.ts";
import { parsePressure, pressure } from "../../lib/metrics/pressure.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const file = (some60: number, full60: number, total = 41_940_862) =>
  `some avg10=21.45 avg60=${some60} avg300=6.17 total=${total}\n` +
  `full avg10=0.50 avg60=${full60} avg300=0.10 total=5000000\n`;

const machine = (files: { readonly cpu?: string; readonly memory?: string; readonly io?: string }) => ({
  proc: {
    "pressure/cpu": files.cpu ?? file(0, 0),
    "pressure/memory": files.memory ?? file(0, 0),
    "pressure/io": files.io ?? file(0, 0),
  },
});

test("the averages and the total of both lines are read", () => {
  expect(parsePressure(file(11.92, 0.2))).toEqual({
    some: { percent10s: 21.45, percent60s: 11.92, percent300s: 6.17, totalMicroseconds: 41_940_862 },
    full: { percent10s: 0.5, percent60s: 0.2, percent300s: 0.1, totalMicroseconds: 5_000_000 },
  });
});

test("a file that is no pressure file is a failure", () => {
  expect(() => parsePressure("")).toThrow("/proc/pressure is malformed");
});

test("for the CPU there is no full, neither where the kernel prints zeros nor where it prints nothing", async () => {
  const some = "some avg10=1.00 avg60=1.00 avg300=1.00 total=5\n";
  expect((await collectOne(pressure, machine({}))).cpu.full).toBeNull();
  expect((await collectOne(pressure, machine({ cpu: some }))).cpu).toMatchObject({ full: null });
});

test("a kernel without pressure files is unavailable", () => {
  expect(collectOne(pressure, {})).rejects.toBeInstanceOf(Unavailable);
});

test.each(["ENOTSUP", "EOPNOTSUPP"])("a kernel that has it switched off (%s) is unavailable", (code) => {
  const read = reading("/proc/pressure/cpu", () => {
    throw Object.assign(new Error("operation not supported"), { code });
  });
  expect(read).rejects.toThrow(new Unavailable("/proc/pressure/cpu is switched off in this kernel"));
  expect(read).rejects.toBeInstanceOf(Unavailable);
});

test("averages are observed by window, and the time since the last report out of the total", async () => {
  const before = await collectOne(pressure, machine({ io: file(0, 0, 40_000_000) }));
  const now = await collectOne(pressure, machine({ io: file(5, 1, 43_000_000) }));
  const seen = observeOne(pressure, now, { sample: null, report: { before, seconds: 10 } });
  expect(seen['pressure_some_percent{resource="io",window="60s"}']).toBe(5);
  expect(seen['pressure_full_percent{resource="io",window="60s"}']).toBe(1);
  expect(seen['pressure_some_percent{resource="io",window="report"}']).toBe(30);
  expect(seen['pressure_full_percent{resource="io",window="report"}']).toBe(0);
  expect(seen['pressure_some_seconds_total{resource="io"}']).toBe(43);
  expect(new Set(Object.keys(seen).map((key) => key.split("{", 1)[0]))).toEqual(
    new Set(Object.keys(pressure.definitions)),
  );
  expect(Object.keys(seen).filter((key) => key.includes("full") && key.includes("cpu"))).toEqual([]);
});

test("a total that fell gives no share", async () => {
  const before = await collectOne(pressure, machine({ io: file(0, 0, 50_000_000) }));
  const now = await collectOne(pressure, machine({ io: file(5, 1, 43_000_000) }));
  const seen = observeOne(pressure, now, { sample: null, report: { before, seconds: 10 } });
  expect(seen['pressure_some_percent{resource="io",window="report"}']).toBeUndefined();
});

test("waiting is said in words", async () => {
  const before = await collectOne(pressure, machine({ memory: file(0, 0, 40_000_000) }));
  const now = await collectOne(pressure, machine({ memory: file(12.3, 4, 41_000_000) }));
  const rows = describeOne(pressure, now, { sample: null, report: { before, seconds: 10 } });
  expect(rows.find(({ label }) => label === "Memory pressure")).toEqual({
    label: "Memory pressure",
    lines: ["some tasks stalled 12 % of the last minute", "all tasks 4.0 %", "some 10 % since the last report"],
    importance: "detail",
    about: [
      'pressure_some_percent{resource="memory",window="60s"}',
      'pressure_full_percent{resource="memory",window="60s"}',
    ],
  });
});

test("waiting is a detail however long it is: no rule judges it", async () => {
  const rows = describeOne(pressure, await collectOne(pressure, machine({ memory: file(90, 60), io: file(90, 60) })));
  expect(rows.filter(({ importance }) => importance !== "detail")).toEqual([]);
});

test("a total that grew by more than there was time has jumped, and gives no share", async () => {
  const collect = (total: number) => {
    const text = `some avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\n`;
    return collectOne(pressure, { proc: { "pressure/cpu": text, "pressure/memory": text, "pressure/io": text } });
  };
  const share = async (total: number) => {
    const earlier = { sample: null, report: { before: await collect(0), seconds: 10 } };
    return observeOne(pressure, await collect(total), earlier)['pressure_some_percent{resource="io",window="report"}'];
  };
  expect(await share(5_000_000)).toBe(50);
  expect(await share(10_200_000)).toBe(100);
  expect(await share(16_000_001)).toBeUndefined();
});
