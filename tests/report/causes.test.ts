import { expect, test } from "bun:test";

import type { Transition } from "../../lib/alerts/alert.ts";
import type { RuleName } from "../../lib/alerts/rules.ts";
import { createFormat } from "../../lib/format.ts";
import type { Group } from "../../lib/proc/groups.ts";
import { type Clues, type Happening, likely, tellCauses } from "../../lib/report/causes.ts";
import { type DiskClues, tellDisk } from "../../lib/report/diskCauses.ts";
import { causes as forms } from "../../lib/words/en/causes.ts";
import { en } from "../../lib/words/en.ts";
import { raisedAt } from "../support/raised.ts";

const nowMs = Date.parse("2026-08-01T12:00:00Z");
const minuteMs = 60_000;
const MiB = 1024 ** 2;
const format = createFormat("iec");
const raised = raisedAt(nowMs);
const news = (...transitions: readonly Transition[]) => ({ transitions, events: [] });
const nothing: Clues = {
  groups: null,
  usual: null,
  cores: 2,
  memoryBytes: 2000 * MiB,
  victims: [],
  forksPerSecond: null,
  traffic: [],
  flood: null,
  gone: [],
  unread: [],
  happenings: [],
};
const group = (name: string, memory: number, more: Partial<Group> = {}): Group => ({
  name,
  isContainer: false,
  memoryBytes: memory * MiB,
  swapBytes: null,
  cpuMicros: null,
  oomKills: null,
  ...more,
});
const said = (rule: RuleName, clues: Partial<Clues>, labels = {}) =>
  tellCauses(news(raised(rule, labels)), { ...nothing, ...clues }, nowMs, en, forms, format);

test("of memory the unit that grew since yesterday is named first, however large others are", () => {
  const now = [group("postgresql.service", 900), group("sidekiq.service", 700), group("cron.service", 1)];
  const groups = { before: [], now, seconds: 0.5 };
  const memory = { "postgresql.service": 890 * MiB, "sidekiq.service": 200 * MiB };
  expect(said("memory", { groups, usual: { seconds: 86_400, memory } })).toEqual([
    "memory by unit: sidekiq.service 700 MiB (+500 MiB in 1 day), postgresql.service 900 MiB, cron.service 1.00 MiB",
  ]);
  expect(said("memory", { groups })).toEqual([
    "memory by unit: postgresql.service 900 MiB, sidekiq.service 700 MiB, cron.service 1.00 MiB",
  ]);
});

test("of CPUs it is told which unit uses them, also where its processes live too short to be seen", () => {
  const before = [group("forker.service", 1, { cpuMicros: 0 }), group("idle.service", 1, { cpuMicros: 0 })];
  const now = [group("forker.service", 1, { cpuMicros: 800_000 }), group("idle.service", 1, { cpuMicros: 900 })];
  const groups = { before, now, seconds: 0.5 };
  expect(said("cpu_busy", { groups, forksPerSecond: 612.4 })).toEqual([
    "CPU by unit: forker.service 80 %",
    "612 processes started per second",
  ]);
  expect(said("storage_used", { groups, forksPerSecond: 612.4 })).toEqual([]);
});

test("who was killed, who floods, who writes, and why something could not be read, is told", () => {
  const victims = [{ process: "node", group: "/system.slice/misskey.service", residentBytes: 512 * MiB, atSeconds: 1 }];
  expect(said("memory", { victims })).toEqual(["killed: node 512 MiB (misskey.service)"]);
  expect(said("conntrack", { flood: { address: "203.0.113.66", part: 900, whole: 1000 } })).toEqual([
    "most from 203.0.113.66, 900 of 1000",
  ]);
  expect(said("cpu_iowait", { traffic: [{ process: "rsync", bytesPerSecond: 40 * MiB }] })).toEqual([
    "disk traffic: rsync 40.0 MiB/s",
  ]);
  expect(said("raid", { gone: [{ array: "md0", members: ["sdb1"] }] })).toEqual(["no longer in md0: sdb1"]);
  expect(said("cpu_steal", {})).toEqual(["the host is short of CPU: its other guests are using it"]);
  expect(said("unread", { unread: ["/run/docker.sock: nobody listens"] })).toEqual([
    "/run/docker.sock: nobody listens",
  ]);
});

const happening = (kind: Happening["kind"], agoMinutes: number, subject = "", text = subject): Happening => ({
  kind,
  atMs: nowMs - agoMinutes * minuteMs,
  subject,
  text,
});
const likeliest = (rule: RuleName, labels: Transition["labels"], lines: readonly string[], all: readonly Happening[]) =>
  likely(news(raised(rule, labels)), all, lines, nowMs).map(({ text }) => text);

test("what has the same subject comes first, then what is of a likely kind, then the newer", () => {
  const all = [
    happening("package", 100, "openssl"),
    happening("package", 90, "ruby-sidekiq"),
    happening("start", 5, "nginx.service"),
    happening("reboot", 110, "", "rebooted"),
  ];
  expect(likeliest("memory", {}, ["memory by unit: sidekiq.service 1 GiB"], all)).toEqual([
    "ruby-sidekiq",
    "rebooted",
    "openssl",
  ]);
  expect(likeliest("mount_missing", { mount: "/mnt/media" }, [], all)).toEqual(["rebooted", "ruby-sidekiq", "openssl"]);
});

test("of what is older than two hours, or would stand in each alert, nothing is said", () => {
  const all = [
    happening("reboot", 121, "", "rebooted"),
    happening("start", 3, "nginx.service"),
    happening("job", 3, "backup"),
  ];
  expect(likeliest("http_down", { check: "blog" }, [], all)).toEqual([]);
  expect(likeliest("http_down", { check: "nginx" }, [], all)).toEqual(["nginx.service"]);
  expect(likeliest("cpu_iowait", {}, [], all)).toEqual(["backup"]);
});

test("what happened before is one line, with how long ago it was", () => {
  const happenings = [
    happening("reboot", 14, "", "rebooted"),
    happening("alert", 30, "web.service", "web.service failed"),
  ];
  expect(said("http_down", { happenings }, { check: "web" })).toEqual([
    "before: web.service failed 30 min ago, rebooted 14 min ago",
  ]);
});

const disk: DiskClues = {
  mount: "/",
  totalBytes: 1000 * MiB,
  sizes: [
    { path: "/var/log", count: 400 * 1024 },
    { path: "/var", count: 410 * 1024 },
    { path: "/", count: 800 * 1024 },
  ],
  files: [],
  before: null,
  held: [],
  freeable: [],
};
const toldOf = (clues: Partial<DiskClues>) => tellDisk({ ...disk, ...clues }, nowMs, forms, format);

test("of a disk it is told what grew, or what is the largest where that is not known", () => {
  expect(toldOf({})).toEqual(["largest: /var/log 400 MiB"]);
  const sizes = { "/var/log": 100 * 1024, "/var": 110 * 1024, "/": 500 * 1024 };
  const before = { atMs: nowMs - 3 * 86_400_000, isWhole: true, sizes };
  expect(toldOf({ before })).toEqual(["in 3 days: /var/log +300 MiB"]);
  // It was full already when it was measured.
  expect(
    toldOf({ before: { ...before, sizes: { "/": 799 * 1024, "/var": 410 * 1024, "/var/log": 400 * 1024 } } }),
  ).toEqual(["largest: /var/log 400 MiB"]);
});

test("deleted files that are still open are summed by process, and what is too small to matter is left out", () => {
  const held = [
    { process: "nginx", bytes: 20 * MiB },
    { process: "java", bytes: 30 * MiB },
    { process: "nginx", bytes: 40 * MiB },
    { process: "bash", bytes: 1 },
  ];
  expect(toldOf({ sizes: [], held })).toEqual(["deleted but still open: nginx 60.0 MiB, java 30.0 MiB"]);
});

test("what may be deleted is told with the command, and never a line break of somebody's", () => {
  const freeable = [
    { command: "apt-get clean", bytes: 90 * MiB },
    { command: "docker image prune -a", bytes: 1 },
  ];
  expect(toldOf({ sizes: [], freeable })).toEqual(["can be freed: apt-get clean 90.0 MiB"]);
  const hostile = [{ process: "a\nb\u202E", bytes: 500 * MiB }];
  expect(toldOf({ sizes: [], held: hostile }).join()).not.toMatch(/[\n\u202E]/);
});

test("where the inodes run out the directories with the most files are named", () => {
  const files = [
    { path: "/srv/www/sessions", count: 9000 },
    { path: "/srv/www", count: 9100 },
    { path: "/srv", count: 9200 },
  ];
  expect(toldOf({ sizes: [], files })).toEqual(["most files: /srv/www/sessions 9000"]);
});
