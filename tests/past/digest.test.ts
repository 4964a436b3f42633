import { expect, test } from "bun:test";
import * as v from "valibot";

import { Digest, digestOf, fold } from "../../lib/past/digest.ts";
import { renderDigest } from "../../lib/render/discord/digest.ts";
import { en } from "../../lib/words/en.ts";
import { violations } from "../support/discordContract.ts";
import { hourMs, number, start } from "../support/stateFile.ts";

const report = (atMs: number, memory: number) => digestOf(atMs, [number("memory_used_percent", memory)]);

test("a report is told by its key metrics; half a second of CPU is none", () => {
  const digest = digestOf(start, [
    number("memory_used_percent", 40),
    number("storage_used_percent", 68, { mount: "/" }),
    number("cpu_busy_percent", 99, { window: "sample" }),
    number("network_receive_bytes_total", 1),
  ]);
  expect(Object.values(digest.numbers).map(({ average }) => average)).toEqual([40, 68]);
  expect(Object.keys(digest.numbers).join()).toContain("/");
  expect(digest).toMatchObject({ fromMs: start, toMs: start, reports: 1, perhapsDelivered: 0 });
  expect(v.is(Digest, JSON.parse(JSON.stringify(digest)))).toBe(true);
});

test("several become one, whatever their order", () => {
  const three = [report(start + hourMs, 30), report(start, 10), report(start + 2 * hourMs, 50)];
  const whole = fold(three);
  expect(whole).toMatchObject({ fromMs: start, toMs: start + 2 * hourMs, reports: 3 });
  expect(Object.values(whole.numbers)).toEqual([{ minimum: 10, average: 30, maximum: 50, runs: 3 }]);
});

test("a digest folds with what came later by weight", () => {
  const whole = fold([fold([report(start, 40), report(start, 40), report(start, 40)]), report(start, 0)]);
  expect(Object.values(whole.numbers)).toEqual([{ minimum: 0, average: 30, maximum: 40, runs: 4 }]);
});

test("a number that was there for a part of the time is averaged over that part", () => {
  const disk = digestOf(start, [number("storage_used_percent", 80, { mount: "/data" })]);
  expect(Object.values(fold([report(start, 10), disk]).numbers).map(({ runs }) => runs)).toEqual([1, 1]);
});

test("its message says from when to when, how many, what is doubtful and what is gone", () => {
  const digest = { ...fold([report(start, 10), report(start + hourMs, 30)]), perhapsDelivered: 1 };
  const message = renderDigest("web-1", digest, 4, en);
  expect(violations(message)).toBeUndefined();
  expect(message.embeds?.[0]?.title).toBe("⏳ 2 late reports");
  const description = message.embeds?.[0]?.description ?? "";
  expect(description).toContain(`<t:${start / 1000}:f> to <t:${(start + hourMs) / 1000}:f>`);
  expect(description).toContain("1 of these may have arrived already");
  expect(description).toContain("4 older reports were dropped");
  expect(description.split("\n").at(-1)).toBe("` 20 %` **Memory** 10–30\u00A0%");
});

test("a hundred mounts and a hostile name stay within Discord's limits", () => {
  const mounts = Array.from({ length: 100 }, (_, n) =>
    number("storage_used_percent", n, { mount: `/**${n}**@everyone`.padEnd(400, "_") }),
  );
  const message = renderDigest("@everyone *x*".repeat(40), digestOf(start, mounts), 0, en);
  expect(violations(message)).toBeUndefined();
});

test("what version 0.1.0 kept of an outage, by English labels, becomes one message with what came later", () => {
  const spread = { minimum: 1, average: 2, maximum: 3, runs: 1 };
  const labels = ["Memory", "Disk /", "Disk /mnt/a b", "CPU", "Swap", "of an older version"];
  const numbers = Object.fromEntries(labels.map((label) => [label, spread]));
  const old = v.parse(Digest, { fromMs: start, toMs: start, reports: 3, perhapsDelivered: 0, numbers });
  const now = digestOf(start + hourMs, [
    number("memory_used_percent", 40),
    number("storage_used_percent", 41, { mount: "/mnt/a b" }),
    number("cpu_busy_percent", 42, { window: "report" }),
    number("swap_used_percent", 43),
  ]);
  const { embeds } = renderDigest("web-1", fold([old, now]), 0, en);
  const names = Array.from(embeds[0]?.description?.matchAll(/\*\*(.+?)\*\*/g) ?? [], ([, name]) => name);
  expect(names).toEqual(labels);
});
