import { expect, test } from "bun:test";

import { renderClassic } from "../../../lib/render/discord/classic.ts";
import { violations } from "../../support/discordContract.ts";
import { cpu, disk, memory as ordinary, reportOf } from "../../support/reports.ts";

const total = 25_280_000_000;
const memory = { ...ordinary, totalBytes: total, availableBytes: total - 518_800_000 };
const root = {
  ...disk("/", 0),
  usage: { totalBytes: 300e9, freeBytes: 112.4e9, availableBytes: 82.95e9, inodes: 0, inodesFree: 0 },
};

test("the message is the original's: same keys, order, names and formats", () => {
  const message = renderClassic(reportOf({ memory, storage: [disk("/a", 9), root], cpu: cpu(1) }), "Asia/Tokyo");
  const original = `{"username":"Server metrics","embeds":[{"title":"Metrics on 07/10 21:38:48","fields":[
{"name":"Used Memory / Total Memory","value":"518.80MB / 25.28GB","inline":false},
{"name":"Memory Usage","value":"2.05%","inline":false},
{"name":"Used Storage","value":"187.60GB","inline":false},
{"name":"Storage Usage","value":"69.34%","inline":false},
{"name":"Global CPU Usage (instantaneous value)","value":"1.00%","inline":false}]}]}`;
  expect(JSON.stringify(message)).toBe(original.replaceAll("\n", ""));
  expect(violations(message)).toBeUndefined();
});

test("without a root file system the first one counts", () => {
  const message = renderClassic(reportOf({ storage: [disk("/data", 50)] }), "UTC");
  expect(message.embeds[0]?.fields?.[3]).toEqual({ name: "Storage Usage", value: "50.00%", inline: false });
});

test("what could not be measured says so, and is no zero", () => {
  const message = renderClassic(reportOf({ host: null }), "UTC");
  expect(message.embeds[0]?.fields?.map(({ value }) => value)).toEqual([
    "not measured / not measured",
    "not measured",
    "not measured",
    "not measured",
    "not measured",
  ]);
  expect(violations(message)).toBeUndefined();
});
