import { expect, test } from "bun:test";

import { observationKey } from "../../lib/model/observation.ts";
import { labelOf, keyMetric, keyMetricsOf } from "../../lib/past/keyMetrics.ts";
import { en } from "../../lib/words/en.ts";

const disk = (mount: string) => ({ name: "storage_used_percent", labels: { mount } });

test.each(["/", '/a "b" \\ c', "/srv/データ", '/x{y="z"},w', "/a\nb"])(
  "the key of a disk at %j is read again",
  (mount) => {
    const number = keyMetric(disk(mount));
    expect(labelOf(number?.key ?? "", en)).toBe(`Disk ${mount}`);
    expect(keyMetricsOf([observationKey(disk(mount))])).toEqual(number === null ? [] : [number]);
  },
);

test("of all keys only the main ones are taken, in the order of the card", () => {
  const keys = [
    "load_1m",
    'cpu_busy_percent{window="sample"}',
    'cpu_busy_percent{window="report"}',
    "memory_used_bytes",
    observationKey(disk("/srv")),
    observationKey(disk("/")),
    "memory_used_percent",
    "of_an_older_version",
  ];
  expect(keyMetricsOf(keys).map(({ key }) => labelOf(key, en))).toEqual([
    "Memory",
    "Disk /",
    "Disk /srv",
    "CPU",
    "Load",
  ]);
});
