import { expect, test } from "bun:test";
import { join } from "node:path";

import { openCaptured } from "../../lib/host/captured.ts";
import { announce } from "../../lib/measure/announcement.ts";
import { measure } from "../../lib/measure/measure.ts";
import { digestOf, lastDays } from "../../lib/past/digest.ts";
import { keyMetricsOf } from "../../lib/past/keyMetrics.ts";
import { courseOf, sampleOf, summariesOf } from "../../lib/past/summary.ts";
import { renderAlert } from "../../lib/render/discord/alert.ts";
import { renderCard } from "../../lib/render/discord/card.ts";
import { renderDaily } from "../../lib/render/discord/daily.ts";
import { renderDigest } from "../../lib/render/discord/digest.ts";
import type { DiscordMessage } from "../../lib/render/discord/message.ts";
import { renderHistory } from "../../lib/render/terminal/history.ts";
import { renderAll } from "../../lib/render/terminal/report.ts";
import { noPast } from "../../lib/state/past.ts";
import { en, type Words } from "../../lib/words/en.ts";
import { machinesDirectory } from "../support/project.ts";
import { pageCheck } from "../support/checks.ts";
import { days } from "../support/day.ts";
import { defaultConfig } from "../support/measure.ts";

const isMarked = (one: unknown) => typeof one === "string" && one.includes("⟦");

/** The same words, each said as ⟦⟧ around what other words it was given. */
function marked(words: unknown): unknown {
  if (typeof words === "string") return "⟦⟧";
  if (typeof words === "function") return (...args: unknown[]) => `⟦${args.flat().filter(isMarked).join("")}⟧`;
  return Object.fromEntries(Object.entries(words ?? {}).map(([name, one]: [string, unknown]) => [name, marked(one)]));
}

// The marks have the shape of the words, which the compiler cannot see.
const { later, ...now } = en;
const words = { ...(marked(now) as typeof now), later } satisfies Words;

/** What of a text no word has said: without numbers, amounts of bytes, and what is drawn. */
function leftOf(text: string): readonly string[] {
  const own = /⟦[^⟦⟧]*⟧/g;
  let left = text;
  while (own.test(left)) left = left.replace(own, "");
  const parts = left
    .replaceAll("\u00A0", " ")
    .replace(/<t:\d+:\w>|[\d.]+ (?:\/ [\d.]+ )?(?:[KMGT]i)?B\b(?:\/s)?/g, "")
    .split(/\n| · | {2,}/)
    .map((part) => part.replace(/[■▲●○\p{So}▰▱▁-█]/gu, "").trim());
  return parts.filter((part) => /\p{L}{2}/u.test(part));
}

const textsOf = ({ content = "", embeds }: DiscordMessage) => [
  content,
  ...embeds.flatMap(({ title = "", description = "", fields = [], footer }) => [
    title,
    // A command is the same in every language.
    description.replace(/`[^`]*`/g, ""),
    footer?.text ?? "",
    ...fields.flatMap(({ name, value }) => [name, value]),
  ]),
];

const plain = { colour: false, ascii: false, columns: null, ruler: Bun, timezone: "UTC" };
const config = {
  ...defaultConfig,
  sampleSeconds: 0,
  http: [pageCheck("http://127.0.0.1:1/")],
  services: [{ unit: "nginx.service" }],
};

/** Names and words of the machine's own. */
const ofTheMachine =
  /^(page|down|vps-tokyo|captured|\*\*page\*\*|Ubuntu 24\.04|Debian 12|Ubuntu 24\.04\.3 LTS|Debian GNU\/Linux 12 \\?\(bookworm\\?\)|[\d.]+-[\w-]+|ONLINE|DEGRADED|no answer within 2 s)$/;

test.each(["vps-tokyo", "loaded", "degraded-raid", "docker", "failed-units", "conntrack-full", "hot", "oom-edge"])(
  "card, alert and terminal of %s have no word that lib/words has not",
  async (name) => {
    const machine = openCaptured(join(machinesDirectory, name));
    const measurement = await measure(machine, config, noPast, { everything: true, doing: () => undefined });
    const report = measurement.report(words, [{ kind: "ephemeral", reason: "" }]);
    const alert = await announce(machine, config, noPast, measurement, words);
    const texts = [
      renderAll(report, plain),
      ...textsOf(renderCard(report)),
      ...(alert === null ? [] : textsOf(renderAlert(alert, {}))),
    ];
    expect(texts.join().split("⟦").length).toBeGreaterThan(50);
    expect(texts.flatMap(leftOf).filter((left) => !ofTheMachine.test(left))).toEqual([]);
  },
);

test("neither have the digests and the history", async () => {
  const { span, runs, incidents } = days.ordinary;
  const [fromMs, toMs] = span;
  const keys = keyMetricsOf([...(runs[0]?.numbers.keys() ?? [])]);
  const summaries = summariesOf(courseOf(keys, runs.map(sampleOf)), fromMs, toMs);
  const observations = [{ name: "memory_used_percent", labels: {}, value: 51 }];
  const forms = marked(await later.history()) as Awaited<ReturnType<typeof later.history>>;
  const measurement = await measure(openCaptured(join(machinesDirectory, "vps-tokyo")), config, noPast, {
    everything: false,
    doing: () => undefined,
  });
  const report = measurement.report(words, []);
  const day = { fromMs, toMs, runs: 49, gaps: [[fromMs, toMs] as const], summaries, incidents, days: null };
  const week = lastDays(toMs, "UTC").map(([from, to]) => ({ fromMs: from, toMs: to, state: "none" as const }));
  const texts = [
    ...textsOf(renderDaily(report, day, "UTC")),
    ...textsOf(renderDaily(report, { ...day, days: week }, "UTC")),
    ...textsOf(renderDigest("", digestOf(toMs, observations), 1, words)),
    renderHistory(
      { name: "", fromMs, toMs, runs: 49, summaries, incidents, changes: [], gaps: [[fromMs, toMs]] },
      { ...plain, words, forms },
    ),
  ];
  expect(texts.flatMap(leftOf).filter((left) => !ofTheMachine.test(left))).toEqual([]);
});
