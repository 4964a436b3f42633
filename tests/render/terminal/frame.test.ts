import { expect, test } from "bun:test";

import { asText, headOf, paint } from "../../../lib/render/terminal/frame.ts";
import { textOptions } from "../../../lib/render/terminal/options.ts";

const plain = { colour: false, ascii: false, columns: 80, ruler: Bun, timezone: "UTC" };
const head = { mark: "ok", name: "vps", verdict: "all well", facts: ["Ubuntu 24.04", "up 23 d", "21:00"] } as const;

test("the facts stand at the right edge, and the last ones stay where there is little room", () => {
  expect(headOf(head, plain)).toEqual([`● vps  all well${" ".repeat(35)}Ubuntu 24.04 · up 23 d · 21:00`]);
  expect(headOf(head, { ...plain, columns: 34 })).toEqual(["● vps  all well    up 23 d · 21:00"]);
  expect(headOf(head, { ...plain, columns: 18 })).toEqual(["● vps  all well"]);
  expect(headOf(head, { ...plain, columns: null })).toEqual(headOf(head, plain));
});

test("a verdict that does not fit stands below the name, broken between phrases", () => {
  const verdict = "critical: misskey.service is down, disk / 96 % full";
  expect(headOf({ ...head, mark: "critical", verdict }, { ...plain, columns: 40 })).toEqual([
    "■ vps  Ubuntu 24.04 · up 23 d · 21:00".replace("vps  ", "vps     "),
    "  critical: misskey.service is down,",
    "  disk / 96 % full",
  ]);
});

test("only the sign has a colour, the words have the terminal's own", () => {
  expect(headOf({ ...head, mark: "warning", facts: ["now"] }, { ...plain, colour: true })[0]).toBe(
    `\u001B[33m▲\u001B[0m \u001B[1mvps\u001B[0m  \u001B[1mall well\u001B[0m${" ".repeat(62)}\u001B[2mnow\u001B[0m`,
  );
  expect(paint("dim", "", { ...plain, colour: true })).toBe("");
});

test("a terminal that shows only ASCII gets signs of it", () => {
  const [line = ""] = headOf(head, plain);
  expect(asText([line, "  ▰▱ ▁▂▃▄▅▆▇█ a… "], { ...plain, ascii: true })).toBe(
    `${line.replace("●", "*").replaceAll("·", "|")}\n  #. _.-=+*%# a~\n`,
  );
});

test.each([
  [{ TERM: "xterm", LANG: "ja_JP.UTF-8" }, true, { colour: true, ascii: false }],
  [{ TERM: "xterm" }, true, { colour: true, ascii: false }],
  [{ TERM: "xterm", LANG: "C" }, true, { colour: true, ascii: true }],
  [{ TERM: "xterm", LANG: "C.utf8", LC_ALL: "POSIX" }, true, { colour: true, ascii: true }],
  [{ TERM: "linux", LANG: "C.UTF-8" }, true, { colour: true, ascii: true }],
  [{ TERM: "dumb", LANG: "C.UTF-8" }, true, { colour: false, ascii: true }],
  [{ TERM: "xterm", LANG: "C.UTF-8", NO_COLOR: "1" }, true, { colour: false, ascii: false }],
  [{ TERM: "linux", LANG: "C" }, false, { colour: false, ascii: false }],
])("%j, on a terminal: %p", (env, isTerminal, expected) => {
  expect(textOptions({ output: { isTerminal, columns: 80 }, env }, { timezone: null }, Bun)).toMatchObject(expected);
});
