import { expect, test } from "bun:test";

import { disk, memory, reportOf } from "../support/reports.ts";

const edge = { ...memory, availableBytes: memory.totalBytes * 0.03 };

test("a machine without trouble is all well", () => {
  expect(reportOf({ memory, storage: [disk("/", 68)] })).toMatchObject({
    verdict: "ok",
    headline: "all well",
    name: "vps",
  });
});

test("the headline names what is wrong, the worst first, and the verdict is the worst", () => {
  expect(reportOf({ memory: edge, storage: [disk("/", 87), disk("/srv", 96)] })).toMatchObject({
    verdict: "critical",
    headline: "disk /srv 96 % full, memory 97 % used, disk / 87 % full",
  });
  expect(reportOf({ memory, storage: [disk("/", 87)] })).toMatchObject({
    verdict: "warning",
    headline: "disk / 87 % full",
  });
});

test("a row carries the severity of what it tells about, and only of that", () => {
  const { sections } = reportOf({ memory, storage: [disk("/", 50), disk("/srv", 96)] });
  const rows = sections.flatMap((section) => section.rows);
  expect(rows.filter(({ severity }) => severity !== null).map(({ label }) => label)).toEqual(["Disk /srv"]);
});

test("when nothing of the core could be read the verdict is unknown", () => {
  expect(reportOf({ host: null })).toMatchObject({
    verdict: "unknown",
    headline: "nothing could be read",
    name: "unnamed server",
  });
});

test("who the machine is counts for nothing: its name alone is no report", () => {
  expect(reportOf({}).verdict).toBe("unknown");
});

test("one core metric is enough for a verdict", () => {
  expect(reportOf({ memory }).verdict).toBe("ok");
});

test("a core metric that could not be had is named with the reason, in the card", () => {
  const section = reportOf({ memory }).sections.find(({ metric }) => metric === "storage");
  expect(section?.rows).toMatchObject([
    { label: "Storage", lines: ["not available: not given"], importance: "core", severity: null },
  ]);
});

test("the name that was set wins over the host name", () => {
  expect(reportOf({ memory }, "my server").name).toBe("my server");
});
