import { expect, test } from "bun:test";

import type { Transition } from "../../lib/alerts/alert.ts";
import type { RuleName } from "../../lib/alerts/rules.ts";
import { createFormat } from "../../lib/format.ts";
import type { Inquiry } from "../../lib/measure/diskInquiry.ts";
import { inquire } from "../../lib/measure/inquiry.ts";
import type { Host } from "../../lib/model/host.ts";
import { noPast, type Past } from "../../lib/state/past.ts";
import { en } from "../../lib/words/en.ts";
import { known } from "../support/known.ts";
import { defaultConfig } from "../support/measure.ts";
import { readings } from "../support/readings.ts";
import { testHost, type TestMachine } from "../support/testHost.ts";
import { virtualClock } from "../support/virtualClock.ts";
import { raisedAt } from "../support/raised.ts";

const nowMs = Date.parse("2026-08-01T12:00:00Z");
const hourMs = 3_600_000;
const MiB = 1024 ** 2;

const raised = raisedAt(nowMs);

interface Asked {
  readonly news?: Partial<Inquiry["news"]>;
  readonly given?: Parameters<typeof readings>[0];
  readonly numbers?: Parameters<typeof known>[0];
  readonly past?: Partial<Past>;
}

/** What is found on a machine; on the second of two, when it is looked at again after a moment. */
async function found(machines: TestMachine | readonly [TestMachine, TestMachine], asked: Asked) {
  const clock = virtualClock(nowMs);
  const [first, second] = "length" in machines ? machines : [machines, machines];
  const hosts = [testHost(first), testHost(second)] as const;
  const present = () => hosts[clock.slept.length === 0 ? 0 : 1];
  const host: Host = {
    ...hosts[0],
    readProc: (name) => present().readProc(name),
    readSys: (name) => present().readSys(name),
    list: (path) => present().list(path),
    getUnix: (socket, path) => present().getUnix(socket, path),
  };
  const { lines, later } = await inquire({
    machine: { host, clock },
    config: defaultConfig,
    past: { ...noPast, ...asked.past },
    news: { transitions: [], events: [], ...asked.news },
    measured: {
      changes: [],
      snapshot: { takenAtMs: nowMs, readings: readings(asked.given ?? {}) },
      observations: known(asked.numbers ?? []),
      incidents: [],
    },
    format: createFormat("iec"),
    words: en,
  });
  expect(later).toBeNull();
  return { lines, slept: clock.slept };
}

const linesOf = async (...all: Parameters<typeof found>) => (await found(...all)).lines;
const newsOf = (rule: RuleName, labels: Transition["labels"] = {}) => ({ transitions: [raised(rule, labels)] });

const root = "fs/cgroup";
/** Units in the control groups of version 2. */
function groups(units: Readonly<Record<string, { readonly mib?: number; readonly cpuMs?: number }>>): TestMachine {
  const files = Object.entries(units).flatMap(([name, { mib = 1, cpuMs = 0 }]) => [
    [`${root}/system.slice/${name}/memory.stat`, `anon ${mib * MiB}\nshmem 0\n`],
    [`${root}/system.slice/${name}/cpu.stat`, `usage_usec ${cpuMs * 1000}\n`],
  ]);
  return { sys: { [`${root}/cgroup.controllers`]: "cpu memory\n", ...Object.fromEntries(files) } };
}

test("units are watched for half a second, and the one that used the CPUs meanwhile is named, not the one that did before", async () => {
  const before = groups({ "forker.service": { cpuMs: 10 }, "backup.service": { cpuMs: 900_000 } });
  const after = groups({ "forker.service": { cpuMs: 510 }, "backup.service": { cpuMs: 900_000 } });
  const { lines, slept } = await found([before, after], {
    news: newsOf("cpu_busy"),
    numbers: [{ name: "cpu_cores", value: 2, labels: {} }],
  });
  expect(slept).toEqual([500]);
  expect(lines).toEqual(["CPU by unit: forker.service 50 %"]);
});

test("a storm of processes is told by how many are started in a second", async () => {
  const stat = (count: number): TestMachine => ({ proc: { stat: `cpu 0\nprocesses ${count}\n` } });
  expect(await linesOf([stat(1000), stat(1400)], { news: newsOf("load") })).toEqual([
    "800 processes started per second",
  ]);
  expect(await linesOf([stat(1000), stat(1004)], { news: newsOf("load") })).toEqual([]);
});

const grew = async (...atMs: readonly number[]) => {
  const kept = atMs.map((ms, at) => ({ atMs: ms, memory: { "web.service": (at + 1) * 100 * MiB } }));
  return linesOf(groups({ "web.service": { mib: 900 } }), {
    news: newsOf("memory"),
    numbers: [{ name: "memory_total_bytes", value: 2000 * MiB, labels: {} }],
    past: { baseline: JSON.stringify({ groups: kept, directories: {} }) },
  });
};

test("memory is compared with the youngest look that is six hours old, so that a leak shows", async () => {
  const told = (more: string) => [`memory by unit: web.service 900 MiB (+${more})`];
  expect(await grew(nowMs - 48 * hourMs, nowMs - 24 * hourMs, nowMs - hourMs)).toEqual(told("700 MiB in 1 day"));
  expect(await grew(nowMs - 2 * hourMs, nowMs - hourMs)).toEqual(told("800 MiB in 2 h"));
});

test("a look of the future, from before the clock was set back, is none to compare with", async () => {
  expect(await grew(nowMs + hourMs)).toEqual(["memory by unit: web.service 900 MiB"]);
});

test("a container has the name that its owner gave it", async () => {
  const id = "ab".repeat(32);
  const machine = { ...groups({ [`docker-${id}.scope`]: { mib: 300 } }) };
  const engine = JSON.stringify([{ Id: id, Names: ["/misskey-web"], State: "running", Status: "Up 2 hours" }]);
  const getUnix = { "/var/run/docker.sock /containers/json": engine };
  const wanted = { news: newsOf("memory") };
  expect(await linesOf({ ...machine, getUnix }, wanted)).toEqual(["memory by unit: container misskey-web 300 MiB"]);
  // An engine that does not answer costs the name, and not the line.
  expect(await linesOf(machine, wanted)).toEqual(["memory by unit: container abababababab 300 MiB"]);
});

test("processes that move much from and to disks are named, the busiest first", async () => {
  const io = (of: Readonly<Record<string, readonly [name: string, mib: number]>>): TestMachine => ({
    proc: Object.fromEntries(
      Object.entries(of).flatMap(([pid, [name, mib]]) => [
        [`${pid}/comm`, `${name}\n`],
        [`${pid}/io`, `read_bytes: ${mib * MiB}\nwrite_bytes: 0\ncancelled_write_bytes: 0\n`],
      ]),
    ),
  });
  const before = io({ 10: ["rsync", 500], 11: ["pg_dump", 100], 12: ["cron", 1] });
  const after = io({ 10: ["rsync", 510], 11: ["pg_dump", 130], 12: ["cron", 1], 13: ["new", 5] });
  expect(await linesOf([before, after], { news: newsOf("cpu_iowait") })).toEqual([
    "disk traffic: pg_dump 60.0 MiB/s, rsync 20.0 MiB/s",
  ]);
});

const kill = (seconds: number, pid: number, process: string) =>
  `[${seconds.toFixed(6)}] oom-kill:constraint=CONSTRAINT_MEMCG,task_memcg=/system.slice/${process}.service,task=${process},pid=${pid},uid=0
[${seconds.toFixed(6)}] Memory cgroup out of memory: Killed process ${pid} (${process}) total-vm:900kB, anon-rss:51200kB, file-rss:0kB\n`;
const log = kill(100, 7, "early") + kill(5000, 8, "middle") + kill(6000, 9, "late");

/** What is told of kills, so many of them since a look at that uptime. */
const killed = (count: number, lastUptime: number | null) =>
  linesOf(
    { run: { dmesg: log }, proc: { uptime: "7000.00 1.00\n" } },
    {
      news: { events: [{ kind: "killed", severity: "critical", count }] },
      numbers: [{ name: "vmstat_oom_kills", value: count, labels: { window: "report" } }],
      past:
        lastUptime === null
          ? {}
          : { lastRun: { takenAtMs: nowMs - hourMs, readings: readings({ host: { uptimeSeconds: lastUptime } }) } },
    },
  );

test("of those that were killed only the ones since the last look are named, the last first", async () => {
  expect(await killed(2, 4000)).toEqual(["killed: late 50.0 MiB (late.service), middle 50.0 MiB (middle.service)"]);
});

test("no more are named than the kernel counted, as its log may hold those of a container's neighbours", async () => {
  expect(await killed(1, 4000)).toEqual(["killed: late 50.0 MiB (late.service)"]);
  expect(await killed(0, 4000)).toEqual([]);
});

test("after a reboot the whole log is of this boot", async () => {
  expect(await killed(3, 90_000)).toEqual([expect.stringContaining("early 50.0 MiB")]);
});

const table = (addresses: readonly string[]): TestMachine => ({
  proc: {
    "net/nf_conntrack": addresses
      .map(
        (one, at) =>
          `ipv4 2 tcp 6 100 ESTABLISHED src=${one} dst=10.0.0.1 sport=${at} dport=443 src=10.0.0.1 dst=${one}\n`,
      )
      .join(""),
  },
});
const many = (count: number, address: (at: number) => string) => Array.from({ length: count }, (_, at) => address(at));

test("a flood of connections is told by the address that most come from, when that is a quarter of them", async () => {
  const others = many(60, (at) => `198.51.100.${at}`);
  const wanted = { news: newsOf("conntrack") };
  expect(await linesOf(table([...others, ...many(40, () => "203.0.113.66")]), wanted)).toEqual([
    "most from 203.0.113.66, 40 of 100",
  ]);
  expect(await linesOf(table([...others, ...many(10, () => "203.0.113.66")]), wanted)).toEqual([]);
});

test("a kernel that does not show its table leaves the alert without that line", async () => {
  expect(await linesOf({}, { news: newsOf("conntrack") })).toEqual([]);
});

const array = (members: readonly string[]) => [
  {
    array: "md0",
    active: true,
    level: "raid1",
    devices: { wanted: 2, working: members.length },
    failed: [],
    members: [...members],
    operation: null,
  },
];

test("the member that an array had at the last look is named, and only of the array that is bad", async () => {
  const past = { lastRun: { takenAtMs: nowMs - hourMs, readings: readings({ raid: array(["sda1", "sdb1"]) }) } };
  const given = { raid: array(["sda1"]) };
  expect(await linesOf({}, { news: newsOf("raid", { array: "md0" }), given, past })).toEqual([
    "no longer in md0: sdb1",
  ]);
  expect(await linesOf({}, { news: newsOf("raid", { array: "md1" }), given, past })).toEqual([]);
  expect(await linesOf({}, { news: newsOf("raid", { array: "md0" }), given })).toEqual([]);
});

test("of what cannot be read the reason is told", async () => {
  expect(await linesOf({}, { news: newsOf("unread", { metric: "containers" }) })).toEqual(["not given"]);
  expect(await linesOf({}, { news: newsOf("unread", { metric: "no_such_metric" }) })).toEqual([]);
});

test("for news of other things nobody waits, and nothing is read", async () => {
  const machine = { ...groups({ "web.service": { mib: 900, cpuMs: 1 } }), run: { dmesg: log } };
  const { lines, slept } = await found(machine, { news: newsOf("certificate", { check: "blog" }) });
  expect({ lines, slept }).toEqual({ lines: [], slept: [] });
});

test("what is over has no cause any more", async () => {
  const over: Transition = { ...raised("cpu_busy"), kind: "recovered", from: "warning", to: null };
  const { lines, slept } = await found(groups({ "web.service": { cpuMs: 1 } }), { news: { transitions: [over] } });
  expect({ lines, slept }).toEqual({ lines: [], slept: [] });
});

test("a disk that fills has its largest directories, before all other causes", async () => {
  const du = "ionice -c 3 nice -n 19 du -xk -d 3 /srv";
  const machine = { run: { [du]: `${400 * 1024}\t/srv/log\n${500 * 1024}\t/srv\n` } };
  const usage = { totalBytes: 1000 * MiB, freeBytes: 100 * MiB, availableBytes: 100 * MiB, inodes: 0, inodesFree: 0 };
  const storage = [{ mount: "/srv", device: "/dev/vdb", fsType: "ext4", readOnly: false, usage, problem: null }];
  const lines = await linesOf(machine, {
    news: { transitions: [raised("storage_used", { mount: "/srv" }), raised("unread", { metric: "containers" })] },
    given: { storage },
  });
  expect(lines).toEqual(["largest: /srv/log 400 MiB", "not given"]);
});

test("an inquiry that breaks finds nothing, and the alert goes out without", async () => {
  const runsSince = () => {
    throw new Error("damaged");
  };
  expect(await linesOf({}, { news: newsOf("unread", { metric: "containers" }), past: { runsSince } })).toEqual([]);
});
