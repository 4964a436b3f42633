import { expect, test } from "bun:test";

import { tcpChecks } from "../../lib/metrics/tcpChecks.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { portCheck } from "../support/checks.ts";
import { defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";

test("ports are known by their names; those that are down are notable", async () => {
  const checks = { ssh: { seconds: 0.02 }, db: { problem: { code: "fault", fault: "refused" } } } as const;
  const tcp = [portCheck(22, { name: "ssh" }), portCheck(5432, { name: "db" })];
  const value = await tcpChecks.collect(testHost({ checks }), { ...defaultConfig, tcp });
  expect(observeOne(tcpChecks, value)).toEqual({
    'tcp_up{check="ssh"}': 1,
    'tcp_connect_seconds{check="ssh"}': 0.02,
    'tcp_up{check="db"}': 0,
  });
  expect(describeOne(tcpChecks, value)).toMatchObject([
    { label: "ssh", lines: ["connects in 0.02 s"], importance: "detail" },
    { label: "db", lines: ["connection refused"], importance: "notable" },
  ]);
});

test("where nothing is checked nobody is asked", () => {
  expect(tcpChecks.collect(testHost({}), defaultConfig)).rejects.toThrow(new Unavailable("none configured"));
});
