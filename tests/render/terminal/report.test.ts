import { expect, test } from "bun:test";

import { renderText } from "../../../lib/render/terminal/report.ts";
import { disk, load, memory, reportOf } from "../../support/reports.ts";

const plain = { colour: false, ascii: false, columns: null, ruler: Bun, timezone: "UTC" };

test("what is wrong stands first, then a line a row", () => {
  const lines = renderText(reportOf({ memory, storage: [disk("/", 96)] }), plain).split("\n");
  expect(lines[0]).toBe("■ vps — critical: disk / 96 % full");
  expect(lines.find((line) => line.startsWith("  Memory"))).toMatch(/▰▰▰▰▰▱▱▱▱▱  50 % · 1\.00 \/ 2\.00 GiB$/);
});

test("who uses the machine stands with the core, so that a low terminal shows it", () => {
  const largest = [{ pid: 7, name: "postgres", residentBytes: 2 ** 30 }];
  const topProcesses = { onlyOwn: false, zombies: 0, largest, machineTicks: 0, cpu: [] };
  const [, core = ""] = renderText(reportOf({ memory, load, topProcesses }), plain).split("\n\n");
  const labels = core.split("\n").map((line) => line.trim().split("  ")[0]);
  expect(labels).toEqual(["Memory", "Storage", "CPU", "Load", "Most memory"]);
});

test("notes about the reporting stand under the title", () => {
  expect(
    renderText(reportOf({ memory }, null, [{ kind: "ephemeral", reason: "it is full" }]), plain).split("\n")[1],
  ).toBe("  Nothing is remembered between reports: it is full");
});

test("without colour there is no escape sequence, with colour the state has one", () => {
  const report = reportOf({ memory, storage: [disk("/", 96)] });
  expect(renderText(report, plain)).not.toContain("\u001B");
  expect(renderText(report, { ...plain, colour: true })).toContain("\u001B[31m");
});

test("nothing of the machine's names acts on the terminal", () => {
  const report = reportOf({ memory, storage: [disk("/\u001B[2J\nx", 10)], host: { hostname: "a\u001B]0;b\u0007" } });
  expect(
    renderText(report, plain)
      .match(/\p{Cc}/gu)
      ?.every((character) => character === "\n"),
  ).toBe(true);
  expect(renderText(report, plain)).toContain("Disk /�[2J�x");
});

test.each([null, 80, 40])("bars stand in one column, however wide a character is (%p columns)", (columns) => {
  const disks = [disk("/🚀🚀", 10), disk("/aa", 100), disk("/srv/データ", 20)];
  const lines = renderText(reportOf({ memory, storage: disks }), { ...plain, columns }).split("\n");
  const starts = lines.flatMap((line) => (/[▰▱]/u.test(line) ? [Bun.stringWidth(line.split(/[▰▱]/u)[0] ?? "")] : []));
  expect(starts).toHaveLength(4);
  expect(new Set(starts).size).toBe(1);
});

test("a machine of which nothing could be read has a text too", () => {
  expect(renderText(reportOf({ host: null }), plain)).toStartWith("○ unnamed machine — nothing could be read\n");
});

test.each([40, 80])("no line is wider than a terminal of %d columns", (columns) => {
  const report = reportOf({ memory, storage: [disk("/", 96), disk(`/srv/${"データ".repeat(20)}`, 40)] });
  const lines = renderText(report, { ...plain, columns }).split("\n");
  expect(lines.filter((line) => Bun.stringWidth(line) > columns)).toEqual([]);
  expect(lines.join("\n")).toContain("96 %");
});
