import { expect, test } from "bun:test";

import { wrap } from "../../../lib/render/terminal/wrap.ts";

test("a number stays with what it counts, wherever a line ends", () => {
  expect(wrap(["written 256 KiB/s, busy 4.0 %"], 27, Bun)).toEqual(["written 256 KiB/s,", "busy 4.0 %"]);
  expect(wrap(["written 256 KiB/s, busy"], 11, Bun)).toEqual(["written", "256 KiB/s,", "busy"]);
});

test("a line has no more columns than it may have, even of one number after the other", () => {
  const lines = wrap(["1 2 3 4 5 6 7 8 9"], 5, Bun);
  expect(lines.filter((line) => line.length > 5)).toEqual([]);
  expect(lines.join("").replaceAll(" ", "")).toBe("123456789");
});

test("a line ends between phrases where it can, and of Japanese not before a sign that closes", () => {
  expect(wrap(["3 processes killed (out of memory), load 9"], 24, Bun)).toEqual([
    "3 processes killed",
    "(out of memory), load 9",
  ]);
  expect(wrap(["壊れた状態ファイルを作り直しました。未送信のメッセージは保存済みです。"], 20, Bun)).toEqual([
    "壊れた状態ファイルを",
    "作り直しました。未送",
    "信のメッセージは保存",
    "済みです。",
  ]);
  expect(wrap(["ディスクは満杯（約9時間）、要確認"], 16, Bun)).toEqual(["ディスクは満杯", "（約9時間）、", "要確認"]);
});
