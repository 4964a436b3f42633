import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseDefaultRoutes } from "../../lib/proc/routes.ts";
import { projectRoot } from "../support/project.ts";

const of = (file: string) => readFileSync(join(projectRoot, "tests/machines/vps-tokyo/proc/net", file), "utf8");

const ipv4 = (...lines: readonly string[]) =>
  `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n${lines.join("\n")}\n`;

test("the interface of the default route is found in either file", () => {
  expect(parseDefaultRoutes(of("route"), of("ipv6_route"))).toEqual(["eth0"]);
  expect(parseDefaultRoutes("", of("ipv6_route"))).toEqual(["eth0"]);
  expect(parseDefaultRoutes(of("route"), "")).toEqual(["eth0"]);
});

test("half of the world, a network, a route that is down and one that rejects are no default route", () => {
  const lines = [
    "tun0\t00000000\t0100000A\t0003\t0\t0\t0\t00000080\t0\t0\t0",
    "eth1\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0",
    "eth2\t00000000\t0100000A\t0002\t0\t0\t0\t00000000\t0\t0\t0",
    "eth3\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0",
    "bond0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
  ];
  expect(parseDefaultRoutes(ipv4(...lines), "")).toEqual(["bond0"]);
});

test("a machine without routes has none", () => {
  expect(parseDefaultRoutes("", "")).toEqual([]);
  expect(parseDefaultRoutes(ipv4(), "")).toEqual([]);
});
