import { expect, test } from "bun:test";

import { parseProtocolCounter, tcp } from "../../lib/metrics/tcp.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const snmp = (retransmits: number) =>
  "Ip: Forwarding DefaultTTL InReceives\nIp: 2 64 273329\nIcmpMsg: InType3\nIcmpMsg: 1\n" +
  "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens InSegs OutSegs RetransSegs InErrs\n" +
  `Tcp: 1 200 120000 -1 6727 272747 260021 ${retransmits} 0\n`;
const netstat = (drops: number) =>
  `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPHPHits\nTcpExt: 0 9 ${drops} 7873\nIpExt: InNoRoutes\nIpExt: 0\n`;
const proc = (drops: number, retransmits: number) => ({ "net/netstat": netstat(drops), "net/snmp": snmp(retransmits) });

test("a counter is found by its protocol and its name", () => {
  expect(parseProtocolCounter(snmp(24), "Tcp", "RetransSegs")).toBe(24);
  expect(parseProtocolCounter(snmp(24), "Icmp", "InType3")).toBeNull();
  expect(parseProtocolCounter(snmp(24), "Tcp", "ListenDrops")).toBeNull();
  expect(parseProtocolCounter("", "Tcp", "RetransSegs")).toBeNull();
});

// PowerDNS/pdns#18012, performancecopilot/pcp#2311: newer kernels put names into the middle of the line.
test("names that a newer kernel added before a counter do not move it", () => {
  const text = "TcpExt: SyncookiesSent BeyondWindow PAWSTimewait ListenOverflows ListenDrops\nTcpExt: 1 2 3 4 5\n";
  expect(parseProtocolCounter(text, "TcpExt", "ListenDrops")).toBe(5);
});

test("one of two files is enough, none is unavailable", async () => {
  expect(await collectOne(tcp, { proc: { "net/snmp": snmp(24) } })).toEqual({ listenDrops: null, retransmits: 24 });
  expect(collectOne(tcp, {})).rejects.toBeInstanceOf(Unavailable);
});

test("raw counters are observed, and rates since the last report", async () => {
  const before = await collectOne(tcp, { proc: proc(10, 20) });
  const now = await collectOne(tcp, { proc: proc(30, 25) });
  const seen = observeOne(tcp, now, { sample: null, report: { before, seconds: 10 } });
  const names = Object.keys(seen).map((key) => key.split("{", 1)[0] ?? "");
  expect(names.toSorted()).toEqual(Object.keys(tcp.definitions).toSorted());
  expect(seen).toEqual({
    tcp_listen_drops_total: 30,
    tcp_retransmits_total: 25,
    'tcp_listen_drops_per_second{window="report"}': 2,
    'tcp_retransmits_per_second{window="report"}': 0.5,
  });
});

test("a counter that fell has no rate, and one that is not counted is not observed", async () => {
  const before = await collectOne(tcp, { proc: proc(10, 30) });
  const now = await collectOne(tcp, { proc: { "net/snmp": snmp(5) } });
  expect(observeOne(tcp, now, { sample: null, report: { before, seconds: 10 } })).toEqual({ tcp_retransmits_total: 5 });
});

// netdata/netdata#3234, #3826: alarms for a single one.
test("connections that are dropped are told, and a detail: no rule judges them", async () => {
  const before = await collectOne(tcp, { proc: proc(0, 0) });
  const rowOf = async (drops: number) =>
    describeOne(tcp, await collectOne(tcp, { proc: proc(drops, 5) }), {
      sample: null,
      report: { before, seconds: 10 },
    })[0];
  expect(await rowOf(10)).toMatchObject({ importance: "detail" });
  expect(await rowOf(11)).toMatchObject({
    lines: ["1.10 connections dropped/s (accept queue full)", "0.50 retransmits/s"],
    importance: "detail",
  });
});

test("without a report before it the totals since boot are told", async () => {
  expect(describeOne(tcp, await collectOne(tcp, { proc: proc(3, 24) }))).toMatchObject([
    {
      lines: ["3 connections dropped (accept queue full) since boot", "24 retransmits since boot"],
      importance: "detail",
    },
  ]);
});
