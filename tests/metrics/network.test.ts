import { describe, expect, test } from "bun:test";

import { network } from "../../lib/metrics/network.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { isPlumbing, parseNetDev } from "../../lib/proc/netDev.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const header =
  "Inter-|   Receive                                                |  Transmit\n" +
  " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";

const eth0 = (receiveBytes: number, transmitBytes = 0, receiveDrops = 0, transmitErrors = 0) =>
  `  eth0: ${receiveBytes}   35443    0    ${receiveDrops}    0     0          0         0  ${transmitBytes}   22663    ${transmitErrors}    0    0     0       0          0\n`;

const collect = (lines: string) => collectOne(network, { proc: { "net/dev": header + lines } });

/** A value with an earlier one, ten seconds before. */
const between = async (before: string, now: string, window: "sample" | "report") => {
  const since = { before: await collect(before), seconds: 10 };
  return { value: await collect(now), earlier: { sample: null, report: null, [window]: since } };
};

test("bytes, errors and drops of both directions are read, with and without a space after the colon", () => {
  const counters = { receiveBytes: 1, receiveErrors: 3, receiveDrops: 4, transmitBytes: 9, transmitErrors: 11 };
  expect(parseNetDev(`${header}  eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`)).toEqual([
    { interface: "eth0", ...counters, transmitDrops: 12 },
  ]);
  expect(parseNetDev(`${header}eth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`)[0]?.interface).toBe("eth0:1");
});

test("a file that is not /proc/net/dev is a failure", () => {
  expect(() => parseNetDev("")).toThrow("/proc/net/dev is malformed");
});

test.each([
  "lo tap100i0 tap9001i12 veth1a2b3c docker0 docker_gwbridge br-0123456789ab virbr0 virbr0-nic vnet3 lxcbr0 cali0123456789a cni0 flannel.1",
  "cilium_host lxc0a1b2c3d4e5f vxlan.calico kube-ipvs0 nodelocaldns eni0a1b2c3d4e5 ifb0 dummy0 sit0 tunl0 fwbr100i0",
])("the plumbing of containers and of the kernel is skipped: %s", (names) => {
  const real = names.split(" ").filter((name) => !isPlumbing({ interface: name }));
  expect(real).toEqual([]);
});

test.each([
  "eth0 ens3 enp1s0f0 eno1 wlan0 wlp2s0 bond0 br0 br-lan vmbr0 eth0.100 wg0 tun0 tailscale0 ppp0 venet0 loan0",
])("what leads out of the machine is kept: %s", (names) => {
  expect(names.split(" ").filter((name) => isPlumbing({ interface: name }))).toEqual([]);
});

test("a machine that has only a loopback has no network", () => {
  expect(collect("    lo: 1 2 0 0 0 0 0 0 1 2 0 0 0 0 0 0\n")).rejects.toBeInstanceOf(Unavailable);
  expect(collectOne(network, {})).rejects.toBeInstanceOf(Unavailable);
});

test("raw counters are observed without anything to compare with", async () => {
  expect(observeOne(network, await collect(eth0(1000, 500, 7, 3)))).toEqual({
    'network_receive_bytes_total{interface="eth0"}': 1000,
    'network_receive_errors_total{interface="eth0"}': 0,
    'network_receive_drops_total{interface="eth0"}': 7,
    'network_transmit_bytes_total{interface="eth0"}': 500,
    'network_transmit_errors_total{interface="eth0"}': 3,
    'network_transmit_drops_total{interface="eth0"}': 0,
  });
});

test.each(["sample", "report"] as const)("rates are observed over the %s window", async (window) => {
  const { value, earlier } = await between(eth0(1000, 500), eth0(21_000, 1500, 20), window);
  const seen = observeOne(network, value, earlier);
  expect(seen[`network_receive_bytes_per_second{interface="eth0",window="${window}"}`]).toBe(2000);
  expect(seen[`network_transmit_bytes_per_second{interface="eth0",window="${window}"}`]).toBe(100);
  expect(seen[`network_receive_drops_per_second{interface="eth0",window="${window}"}`]).toBe(2);
  expect(Object.keys(seen).map((key) => key.split("{", 1)[0])).toEqual(Object.keys(network.definitions));
});

test("a counter that wrapped at 32 bits or was reset gives no rate, nor does an interface that is new", async () => {
  const wrapped = await between(eth0(4_294_967_000, 500), eth0(1000, 900), "report");
  const plugged = await between(eth0(1000).replace("eth0", "eth1"), eth0(2000), "report");
  for (const { value, earlier } of [wrapped, plugged]) {
    expect(Object.keys(observeOne(network, value, earlier)).filter((key) => key.includes("per_second"))).toEqual([]);
  }
});

test("without a rate the totals are told, as a detail", async () => {
  expect(describeOne(network, await collect(eth0(1024 ** 3, 2048)))).toMatchObject([
    { label: "Network eth0", lines: ["in 1.00 GiB, out 2.00 KiB in total"], importance: "detail" },
  ]);
});

test("traffic alone is a detail, however much", async () => {
  const { value, earlier } = await between(eth0(0), eth0(10 * 1024 ** 3, 10_240), "report");
  expect(describeOne(network, value, earlier)).toMatchObject([
    { lines: ["in 1.00 GiB/s, out 1.00 KiB/s since the last report"], importance: "detail" },
  ]);
});

test("the present is told beside the last half hour", async () => {
  const { value, earlier } = await between(eth0(0), eth0(10_240), "sample");
  expect(describeOne(network, value, earlier)[0]?.lines).toEqual([
    "in 10.0 KiB, out 0 B in total",
    "now in 1.00 KiB/s, out 0 B/s",
  ]);
});

test.each([
  ["eleven drops in ten seconds", eth0(0, 0, 11), "1.10 packets dropped/s"],
  ["ten drops in ten seconds", eth0(0, 0, 10), "1.00 packets dropped/s"],
  ["twenty errors in ten seconds", eth0(0, 0, 0, 20), "2.00 errors/s"],
])("errors and drops are told, and a detail: %s", async (_what, now, line) => {
  const { value, earlier } = await between(eth0(0), now, "report");
  const [row] = describeOne(network, value, earlier);
  expect(row?.importance).toBe("detail");
  expect(row?.lines).toContain(line);
});

test("of 300 interfaces the troubled and the busiest are named and the others counted", async () => {
  const lines = (bytes: (index: number) => number, drops: (index: number) => number) =>
    Array.from({ length: 300 }, (_, index) => eth0(bytes(index), 0, drops(index)).replace("eth0", `eth${index}`)).join(
      "",
    );
  const { value, earlier } = await between(
    lines(
      () => 0,
      () => 0,
    ),
    lines(
      (index) => index * 1000,
      (index) => (index === 5 ? 100 : 0),
    ),
    "report",
  );
  const rows = describeOne(network, value, earlier);
  expect(rows.map(({ label }) => label)).toEqual([
    "Network eth5",
    "Network eth299",
    "Network eth298",
    "Network eth297",
    "Other interfaces",
  ]);
  expect(rows.at(-1)?.lines).toEqual(["296 more"]);
});

// htop-dev/htop#1469, ganglia/monitor-core#84: a total would count each packet of these twice or three times.
test("a bond, its members and a VLAN on it each have their own counters, and there is no total", async () => {
  const row = (name: string, bytes: number) => eth0(bytes).replace("  eth0", name);
  const value = await collect([row("eth0", 100), row("eth1", 200), row("bond0", 300), row("bond0.100", 50)].join(""));
  const received = Object.entries(observeOne(network, value)).filter(([key]) => key.includes("receive_bytes"));
  expect(received).toEqual([
    ['network_receive_bytes_total{interface="eth0"}', 100],
    ['network_receive_bytes_total{interface="eth1"}', 200],
    ['network_receive_bytes_total{interface="bond0"}', 300],
    ['network_receive_bytes_total{interface="bond0.100"}', 50],
  ]);
});

// nyakang/nyaterm#554: in a container of LXC the only interface is one end of a veth pair.
test("an interface is known by its name, so that a container has its eth0", async () => {
  expect((await collect(eth0(7))).map((one) => one.interface)).toEqual(["eth0"]);
});

/** Whether the growth of an interface in ten seconds makes rates, on a card of so many Mbit/s. */
async function hasRates(bytes: number, { name = "eth0", speed = "", isCard = true, drops = 0 } = {}) {
  const line = (received: number, dropped: number) => `${name}: ${received} 0 0 ${dropped} 0 0 0 0 0 0 0 0 0 0 0 0\n`;
  const sys = {
    ...(isCard ? { [`class/net/${name}/device/vendor`]: "0x8086\n" } : {}),
    [`class/net/${name}/speed`]: speed,
  };
  const read = (text: string) => collectOne(network, { proc: { "net/dev": header + text }, sys });
  const report = { before: await read(line(0, 0)), seconds: 10 };
  const seen = observeOne(network, await read(line(bytes, drops)), { sample: null, report });
  return Object.keys(seen).some((key) => key.includes("per_second"));
}

describe("a counter that grew by more than the link carries has jumped, and then there is no rate", () => {
  // A driver whose 32-bit counter was read in the wrong moment: 4 GiB in a second on 1 Gbit/s.
  test("of a network card", async () => {
    expect(await hasRates(10 * 125_000_000, { speed: "1000\n" })).toBe(true);
    expect(await hasRates(10 * 10 * 125_000_000, { speed: "1000\n" })).toBe(true);
    expect(await hasRates(10 * 10 * 125_000_000 + 10, { speed: "1000\n" })).toBe(false);
  });

  test("of a tunnel, which says 10 Mbit/s, only beyond every link", async () => {
    expect(await hasRates(2e9, { name: "tun0", speed: "10\n", isCard: false })).toBe(true);
    expect(await hasRates(2e12 + 10, { name: "tun0", speed: "10\n", isCard: false })).toBe(false);
  });

  test("of a card that does not know its speed, in the same way", async () => {
    for (const speed of ["-1\n", "0\n", "4294967295x", ""]) expect(await hasRates(2e10, { speed })).toBe(true);
    expect(await hasRates(2e12 + 10, { speed: "-1\n" })).toBe(false);
  });

  test("of dropped packets", async () => {
    expect(await hasRates(0, { drops: 4_294_967_295 })).toBe(true);
    expect(await hasRates(0, { drops: 4e10 })).toBe(false);
  });
});
