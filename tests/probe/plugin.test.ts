import { expect, test } from "bun:test";

import { parsePlugin } from "../../lib/probe/plugin.ts";

const numbersOf = (output: string) =>
  parsePlugin(output).numbers.map(({ label, value, uom }) => [label, value, uom] as const);

test("text and numbers of one line", () => {
  const found = parsePlugin("OK - load average: 0.12 | load1=0.120;5.000;10.000;0; 'load 5'=0.1;;;0\n");
  expect(found.text).toBe("OK - load average: 0.12");
  expect(found.numbers).toMatchObject([
    { label: "load1", value: 0.12, uom: null, warning: { start: 0, end: 5 }, critical: { start: 0, end: 10 } },
    { label: "load 5", value: 0.1, warning: null, critical: null },
  ]);
});

test("numbers go on behind a second bar, after the long text", () => {
  const output =
    "DISK OK - free space | /=2643MB;5948;5958;0;5968\n/ 15272 MB;\n/boot 68 MB | /boot=68MB;88;93;0;98\n/home=69357MB\n";
  expect(parsePlugin(output).text).toBe("DISK OK - free space");
  expect(numbersOf(output)).toEqual([
    ["/", 2643 * 1024 ** 2, "bytes"],
    ["/boot", 68 * 1024 ** 2, "bytes"],
    ["/home", 69_357 * 1024 ** 2, "bytes"],
  ]);
});

test("each number has its own unit", () => {
  expect(numbersOf("OK | time=0.5s rta=12ms pl=0% size=2KB in=7c n=3 free=1GiB odd=4furlongs")).toEqual([
    ["time", 0.5, "seconds"],
    ["rta", 0.012, "seconds"],
    ["pl", 0, "percent"],
    ["size", 2048, "bytes"],
    ["in", 7, null],
    ["n", 3, null],
    ["free", 1024 ** 3, "bytes"],
    ["odd", 4, null],
  ]);
});

test("limits are in the unit of their number", () => {
  const [number] = parsePlugin("OK | rta=12ms;@100:200;~:500").numbers;
  expect(number).toMatchObject({
    warning: { start: 0.1, end: 0.2, isInside: true },
    critical: { start: null, end: 0.5 },
  });
});

test("a quote in a label is written twice", () => {
  expect(numbersOf("OK | 'it''s a=b'=1 'x'=2")).toEqual([
    ["it's a=b", 1, null],
    ["x", 2, null],
  ]);
});

test("what is not known, infinite, a word, or there twice is left out", () => {
  expect(numbersOf("OK | a=U b=1e309 c=nan d=0x10 e= f=1,5 g=--1 ok=1 ok=2 =5 ;;; '=1")).toEqual([["ok", 1, null]]);
});

test("a bare text has no numbers, and nothing is nothing", () => {
  expect(parsePlugin("  all fine  \nmore\n")).toEqual({ text: "all fine", numbers: [] });
  expect(parsePlugin("")).toEqual({ text: "", numbers: [] });
  expect(parsePlugin("|||").numbers).toEqual([]);
});

test("the first 32 numbers count", () => {
  const data = Array.from({ length: 99 }, (_, index) => `n${index}=${index}`).join(" ");
  expect(numbersOf(`OK | ${data}`)).toHaveLength(32);
});

test.each([
  ["quotes", "'"],
  ["letters", "a"],
  ["bars", "|"],
  ["signs", "="],
  ["semicolons", "a=1;"],
  ["pairs", "''="],
])("64 KiB of %s are read at once", (_, text) => {
  const startedMs = performance.now();
  parsePlugin(`OK |${text.repeat(65_536 / text.length)}`);
  expect(performance.now() - startedMs).toBeLessThan(2000);
});
