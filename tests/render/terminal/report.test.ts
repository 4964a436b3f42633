import { describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { openCaptured } from "../../../lib/host/captured.ts";
import { measure } from "../../../lib/measure/measure.ts";
import { renderAll, renderGlance } from "../../../lib/render/terminal/report.ts";
import { noPast } from "../../../lib/state/past.ts";
import { en } from "../../../lib/words/en.ts";
import { ja } from "../../../lib/words/ja.ts";
import { machinesDirectory } from "../../support/project.ts";
import { defaultConfig } from "../../support/measure.ts";
import { cpu, disk, load, memory, reportOf } from "../../support/reports.ts";

const escape = "\u001B";
const plain = { colour: false, ascii: false, columns: null, ruler: Bun, timezone: "UTC" };

test("what is wrong stands first, then a line a row", () => {
  const lines = renderGlance(reportOf({ memory, storage: [disk("/", 96)] }), plain).split("\n");
  expect(lines[0]).toStartWith("■ vps  Critical: disk / 96 % full  ");
  expect(lines[2]).toMatch(/^■ Disk \/ +96 % {2}▰{9}▱ /);
  expect(lines.find((line) => line.startsWith("  Memory"))).toMatch(/50 % {2}▰▰▰▰▰▱▱▱▱▱ {2}1\.00 \/ 2\.00 GiB$/);
});

test("the last line says how many numbers are left for --all, which has them", () => {
  const disks = Array.from({ length: 30 }, (_, index) => disk(`/mnt/${index}`, 60 + index));
  const report = reportOf({ memory, load, storage: disks });
  const shown = renderGlance(report, { ...plain, columns: 80 })
    .trimEnd()
    .split("\n");
  expect(shown.length).toBeLessThanOrEqual(23);
  const [, left = ""] = /^ {2}(\d+) more numbers: --all$/.exec(shown.at(-1) ?? "") ?? [];
  const rows = shown.filter((line) => line.includes("▰"));
  const everything = renderAll(report, { ...plain, columns: 80 });
  expect(everything.match(/▰[▰▱]{9}/gu)).toHaveLength(32);
  expect(rows.length + Number(left)).toBeGreaterThanOrEqual(32);
  const present = report.sections.flatMap((section) => section.rows).filter(({ absent }) => absent !== true);
  for (const { label } of present) expect(everything).toContain(label);
});

test("a narrow terminal writes a number with a decimal in five characters", () => {
  const report = reportOf({ memory, cpu: cpu(99.2) });
  expect(renderGlance(report, { ...plain, columns: 40 })).toMatch(/^ {2}CPU +99\.2% /m);
  expect(renderGlance(report, { ...plain, columns: 80 })).toMatch(/^ {2}CPU +99\.2 % /m);
});

test("who uses the machine is told where there is room", () => {
  const largest = [{ pid: 7, name: "postgres", residentBytes: 2 ** 30 }];
  const topProcesses = { onlyOwn: false, zombies: 0, largest, machineTicks: 0, cpu: [] };
  expect(renderGlance(reportOf({ memory, load, topProcesses }), plain)).toMatch(/^ {2}Top memory +postgres 1\.00 GiB/m);
});

test("notes about the reporting stand under the rows", () => {
  const report = reportOf({ memory }, null, [{ kind: "ephemeral", reason: "it is full" }]);
  for (const render of [renderAll, renderGlance]) {
    expect(render(report, plain)).toContain("\n\n  No history is kept: it is full\n");
  }
});

test("only signs and bars have colours; a bar has that of its own row, and of its threshold before that alerts", () => {
  const painted = { ...plain, colour: true, columns: 80 };
  const text = renderGlance(reportOf({ memory, storage: [disk("/", 96)] }), painted);
  expect(text).toContain("\u001B[31m■\u001B[0m \u001B[1mDisk /");
  expect(text).toContain("\u001B[31m▰▰▰▰▰▰▰▰▰▱\u001B[0m");
  expect(text).toContain("\u001B[32m▰▰▰▰▰▱▱▱▱▱\u001B[0m");
  const coloured = Array.from(
    text.matchAll(new RegExp(`${escape}\\[3\\dm(.*?)${escape}\\[0m`, "g")),
    ([, inside = ""]) => inside,
  );
  expect(coloured.filter((inside) => /[\p{L}\d]/u.test(inside))).toEqual([]);
  expect([...new Set(text.match(new RegExp(`${escape}\\[\\d+m`, "g")))].toSorted()).toEqual(
    ["0", "1", "2", "31", "32"].map((code) => `\u001B[${code}m`),
  );
  const judged = { ...en, thresholdsOf: (name: string) => (name === "memory_available_percent" ? [45, 40] : []) };
  const yellow = renderGlance({ ...reportOf({ memory }), words: judged }, painted);
  expect(yellow).toContain("\u001B[33m▰▰▰▰▰▱▱▱▱▱\u001B[0m");
});

test("nothing of the machine's names acts on the terminal", () => {
  const report = reportOf({ memory, storage: [disk("/\u001B[2J\nx", 10)], host: { hostname: "a\u001B]0;b\u0007" } });
  for (const render of [renderAll, renderGlance]) {
    expect(
      render(report, plain)
        .match(/\p{Cc}/gu)
        ?.every((character) => character === "\n"),
    ).toBe(true);
    expect(render(report, plain)).toContain("Disk /�[2J�x");
  }
});

test.each([null, 80])("bars stand in one column, however wide a character is (%p columns)", (columns) => {
  const disks = [disk("/🚀🚀", 60), disk("/aa", 100), disk("/srv/データ", 60)];
  const lines = renderGlance(reportOf({ memory, storage: disks }), { ...plain, columns }).split("\n");
  const starts = lines.flatMap((line) => (/[▰▱]/u.test(line) ? [Bun.stringWidth(line.split(/[▰▱]/u)[0] ?? "")] : []));
  expect(starts).toHaveLength(4);
  expect(new Set(starts).size).toBe(1);
});

test("a machine of which nothing could be read has a text too", () => {
  expect(renderGlance(reportOf({ host: null }), plain)).toStartWith("? unnamed server  Unknown: nothing could be read");
});

const machines = readdirSync(machinesDirectory).filter((name) => statSync(join(machinesDirectory, name)).isDirectory());

describe.each(machines)("%s", (name) => {
  test("fits a low terminal, wide and narrow, in both languages, to its last word", async () => {
    const machine = openCaptured(join(machinesDirectory, name));
    const measured = await measure(machine, defaultConfig, noPast, { everything: true });
    for (const words of [en, ja]) {
      const report = measured.report(words, [
        { kind: "ephemeral", reason: "/var/lib/server-metrics: the disk is full" },
      ]);
      for (const columns of [80, 40]) {
        const text = renderGlance(report, { ...plain, columns });
        const lines = text.trimEnd().split("\n");
        expect(lines.length).toBeLessThanOrEqual(23);
        if (report.verdict !== "unknown") expect(lines.at(-1)).toMatch(/--all$/);
        for (const line of [...lines, ...renderAll(report, { ...plain, columns }).split("\n")]) {
          expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
        }
        expect(text).toContain(columns === 80 || report.verdict === "ok" ? report.name.slice(0, 8) : "");
      }
    }
  });
});
