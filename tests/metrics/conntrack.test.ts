import { expect, test } from "bun:test";

import { conntrack } from "../../lib/metrics/conntrack.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const collect = (count: string, max: string) =>
  collectOne(conntrack, {
    proc: { "sys/net/netfilter/nf_conntrack_count": count, "sys/net/netfilter/nf_conntrack_max": max },
  });

test("a machine whose firewall tracks nothing has no such table", () => {
  expect(collectOne(conntrack, {})).rejects.toBeInstanceOf(Unavailable);
});

// systemd/systemd#8712, DataDog/integrations-core#4150: a container has none of the files, or not all.
test("a container that does not show the limit is unavailable, and has no share of nothing", () => {
  const proc = { "sys/net/netfilter/nf_conntrack_count": "12\n" };
  expect(collectOne(conntrack, { proc })).rejects.toBeInstanceOf(Unavailable);
});

test("what is not a number is a failure", () => {
  expect(collect("many\n", "10\n")).rejects.toThrow("nf_conntrack_count is malformed");
});

// prometheus/node_exporter#2491, prometheus/procfs#407: there is no /proc/net/stat/nf_conntrack here.
test.each([
  [89, "detail"],
  [90, "notable"],
] as const)("%d of 100 tracked connections are %p", async (count, importance) => {
  const now = await collect(`${count}\n`, "100\n");
  expect(observeOne(conntrack, now)).toEqual({
    conntrack_tracked: count,
    conntrack_limit: 100,
    conntrack_used_percent: count,
  });
  expect(Object.keys(observeOne(conntrack, now))).toEqual(Object.keys(conntrack.definitions));
  expect(describeOne(conntrack, now)).toMatchObject([
    { percent: count, lines: [`${count} %`, `${count} / 100`], importance },
  ]);
});

test("an empty table is 0 %, a limit of 0 is none", async () => {
  expect(observeOne(conntrack, await collect("0\n", "262144\n"))).toMatchObject({ conntrack_used_percent: 0 });
  const unlimited = await collect("12\n", "0\n");
  expect(observeOne(conntrack, unlimited)).toEqual({ conntrack_tracked: 12 });
  expect(describeOne(conntrack, unlimited)).toMatchObject([{ lines: ["12 (no limit)"], importance: "detail" }]);
});
