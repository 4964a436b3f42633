import { expect, test } from "bun:test";

import { renderCard } from "../../lib/render/discord/card.ts";
import { en } from "../../lib/words/en.ts";
import { ja } from "../../lib/words/ja.ts";
import { lacking } from "../support/programNeeds.ts";
import { cpu, disk, load, memory, reportOf } from "../support/reports.ts";
import { photograph } from "./browser.ts";
import { discordPage, Message } from "./discordPage.ts";
import * as v from "valibot";

const chromium = Bun.which("chromium") ?? Bun.which("google-chrome");
const nowMs = Date.parse("2026-07-10T12:38:48Z");

const withoutChromium = lacking({ what: "the package chromium", there: chromium !== null });

test.skipIf(withoutChromium !== "").each([
  ["en", en],
  ["ja", ja],
] as const)(
  `a card that is all well has at most 12 lines on a phone of 360 pixels (%s)${withoutChromium}`,
  async (language, words) => {
    const storage = [disk("/", 72), disk("/mnt/写真とバックアップ", 55), disk("/boot", 13), disk("/tmp", 1)];
    const report = { ...reportOf({ memory, storage, cpu: cpu(4), load }, "みすきー鯖-東京"), words };
    const card = v.parse(Message, renderCard({ ...report, nextMs: nowMs + 1_800_000 }));
    const page = await discordPage(card, { screen: "phone", theme: "dark", language }, new Uint8Array(), nowMs);
    const { lines, png } = await photograph(page, chromium ?? "");
    expect(lines).toBeGreaterThanOrEqual(8);
    expect(lines).toBeLessThanOrEqual(12);
    expect((await new Bun.Image(png).metadata()).width).toBe(720);
  },
  60_000,
);
