import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";

import { parsePageSize } from "../../lib/proc/auxv.ts";
import { parseProcessStat, readProcesses } from "../../lib/proc/processes.ts";
import { run } from "../support/project.ts";
import { testHost } from "../support/testHost.ts";

const stat = (name: string) =>
  `4242 (${name}) S 1 4242 4242 0 -1 4194560 9038 12 3 0 150 50 7 8 20 0 9 0 9876 257036288 3021 18446744073709551615 1 1 0\n`;

// elastic/gosigar#81, sysstat/sysstat#28, shirou/gopsutil#120; bosun-monitor/bosun#1282: the wrong field as memory.
test.each(["nginx", "Plex New Transc", "a) R 1 (b", "two words", "line\nbreak", ") S 1 2 3", "((sd-pam))", ""])(
  "a process named %j is told from the fields after it",
  (name) => {
    expect(parseProcessStat(stat(name))).toEqual({
      pid: 4242,
      name,
      state: "S",
      cpuTicks: 200,
      startTicks: 9876,
      residentPages: 3021,
    });
  },
);

test("names are bytes: UTF-8 is decoded, anything else is marked", () => {
  const latin1 = (bytes: Buffer) => bytes.toString("latin1");
  expect(parseProcessStat(stat(latin1(Buffer.from("サーバ"))))?.name).toBe("サーバ");
  expect(parseProcessStat(stat("caf\xe9"))?.name).toBe("caf\uFFFD");
});

test.each(["", "4242", "4242 (half", "4242 (short) S 1 2 3", "x (y) S"])("%j is no process", (text) => {
  expect(parseProcessStat(text)).toBeNull();
});

// prometheus/node_exporter#1042, #1901.
test("processes that end during the pass are skipped", async () => {
  const proc = { "1/stat": stat("init"), "2/stat": new Error("ESRCH"), "3/stat": "", "4/stat": stat("cron") };
  const dirs = { "/proc": ["1", "2", "3", "4", "5", "meminfo", "self", "12a"] };
  expect((await readProcesses(testHost({ proc, dirs }))).map(({ name }) => name)).toEqual(["init", "cron"]);
});

test("the page size of this machine is what getconf says", async () => {
  const { stdout } = await run(["getconf", "PAGESIZE"]);
  expect(parsePageSize(readFileSync("/proc/self/auxv", "latin1"))).toBe(Number(stdout));
});

test("a page size is found among other entries, and is 4096 where nothing tells it", () => {
  const entry = (tag: number, value: number) => Buffer.from(new BigUint64Array([BigInt(tag), BigInt(value)]).buffer);
  const arm = Buffer.concat([entry(33, 1), entry(16, 2), entry(6, 65_536), entry(0, 0)]);
  expect(parsePageSize(arm.toString("latin1"))).toBe(65_536);
  expect(parsePageSize("")).toBe(4096);
});
