import { expect, test } from "bun:test";

import { createFormat } from "../../lib/format.ts";
import { host, parseOsRelease } from "../../lib/metrics/host.ts";
import { decide } from "../../lib/settings/decide.ts";
import { en } from "../../lib/words/en.ts";
import { type TestMachine, testHost } from "../support/testHost.ts";

const decided = decide([]);
if (!decided.ok) throw new Error("the defaults are wrong");
const { value: config } = decided;
const collect = (machine: TestMachine) => host.collect(testHost(machine), config);

const proc = {
  "sys/kernel/hostname": "vps-tokyo\n",
  "sys/kernel/osrelease": "6.8.0-45-generic\n",
  "sys/kernel/random/boot_id": "0f0e0d0c-1111-4222-8333-444455556666\n",
  uptime: "2012345.67 3901234.50\n",
  stat: "cpu  1 1 1 1\ncpu0 1 1 1 1\ncpu1 1 1 1 1\nintr 0\n",
};

test("the facts come from /proc and from os-release", async () => {
  const files = { "/etc/os-release": 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 24.04.3 LTS"\n' };
  expect(await collect({ proc, files })).toEqual({
    hostname: "vps-tokyo",
    os: "Ubuntu 24.04.3 LTS",
    kernel: "6.8.0-45-generic",
    cores: 2,
    uptimeSeconds: 2_012_345.67,
    bootId: "0f0e0d0c-1111-4222-8333-444455556666",
  });
});

test("os-release may stand in /usr/lib alone", async () => {
  const files = { "/usr/lib/os-release": "PRETTY_NAME='Alpine Linux v3.20'\n" };
  expect((await collect({ proc, files })).os).toBe("Alpine Linux v3.20");
});

test("each fact is had or not had by itself", async () => {
  expect(await collect({ proc: { uptime: "12.5 20\n" } })).toEqual({
    hostname: null,
    os: null,
    kernel: null,
    cores: null,
    uptimeSeconds: 12.5,
    bootId: null,
  });
  expect(await collect({ proc: { ...proc, uptime: "soon", stat: "nonsense" } })).toMatchObject({
    uptimeSeconds: null,
    cores: null,
    hostname: "vps-tokyo",
  });
});

// shirou/gopsutil#390, netdata/netdata#3393, henrygd/beszel#1948: in a container of LXC, btime is the host's.
test("the uptime is the container's, and not told from the time that the host booted", async () => {
  const stat = `${proc.stat}btime 1498000000\n`;
  expect((await collect({ proc: { ...proc, stat, uptime: "359.00 351.00\n" } })).uptimeSeconds).toBe(359);
});

// lxc/lxcfs#165, lxc/lxc#755: 0. lxc/lxcfs#732: an error code as an unsigned number.
test.each([
  "0.0 0.0\n",
  "0.00 0.00\n",
  "-2147483647.00 0.00\n",
  "184467440737095516.15 0.00\n",
  "18446744073709551615.00 0.00\n",
])("an uptime of %j is not known", async (uptime) => {
  expect((await collect({ proc: { ...proc, uptime } })).uptimeSeconds).toBeNull();
});

test("a machine that tells nothing at all has no host facts", () => {
  expect(collect({})).rejects.toThrow("/proc is not there");
});

// rice7th/cat-fetch#21, podman#19340, endeavouros-team/PKGBUILDS#159: quotes of either kind, or none.
test.each([
  ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', "Debian GNU/Linux 12 (bookworm)"],
  ["NAME=x\nPRETTY_NAME=Arch", "Arch"],
  ['PRETTY_NAME="A \\"quoted\\" \\$5 name"', 'A "quoted" $5 name'],
  ['PRETTY_NAME=""', null],
  ["NAME=x", null],
  ["", null],
])("of %j the name is %p", (text, name) => {
  expect(parseOsRelease(text)).toBe(name);
});

const wording = { format: createFormat("iec"), words: en };

test("an unknown uptime is no observation, and no row", async () => {
  const facts = await collect({ proc: { "sys/kernel/hostname": "a\n" } });
  const nothing = { sample: null, report: null };
  expect(host.observe(facts, nothing)).toEqual([]);
  expect(host.describe(facts, nothing, wording)).toEqual([]);
});

test("system and uptime are details", async () => {
  const rows = host.describe(await collect({ proc }), { sample: null, report: null }, wording);
  expect(rows).toMatchObject([
    { label: "System", lines: ["6.8.0-45-generic"], importance: "detail" },
    { label: "Uptime", lines: ["23 days"], importance: "detail" },
  ]);
});
