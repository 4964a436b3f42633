import { bar, isoTime, printable, sparkline } from "../../format.ts";
import { coarsen } from "../../past/series.ts";
import { remarkText, type Trend } from "../../past/trend.ts";
import { type Report, type ReportRow, titleOf, type Verdict } from "../../report/report.ts";
import type { Config } from "../../settings/config.ts";
import type { Words } from "../../words/en.ts";
import { renderClassic } from "./classic.ts";
import {
  authorFrom,
  clip,
  discordLimits,
  type DiscordMessage,
  discordTime,
  type EmbedField,
  escapeMarkdown,
  lengthOf,
  looks,
} from "./message.ts";

const verdicts = {
  ok: looks.well,
  warning: looks.warning,
  critical: looks.critical,
  unknown: looks.unknown,
} as const satisfies Record<Verdict, object>;

/** As wide as three fields abreast allow with a number behind. */
const barCells = 8;
/** This many buckets fit into a column together with the hours. */
const sparklineCells = 12;

/** So that notes never take the room of the numbers. */
const longestNotes = 500;

/** The card: one embed that reads by itself on a phone's lock screen. Always within Discord's limits. */
export function renderCard(report: Report, version: string): DiscordMessage {
  const { words } = report;
  const { sign, color } = verdicts[report.verdict];
  const headline = escapeMarkdown(titleOf(report));
  const title = clip(`${sign} ${headline}`, discordLimits.title);
  const footer = clip(printable(footerText(report, version)), discordLimits.footer);
  const description = clip([...notesOf(report), ...nextOf(report)].join("\n"), longestNotes);
  const room = discordLimits.total - lengthOf(title) - lengthOf(description) - lengthOf(footer);
  return {
    ...authorFrom(report.name),
    embeds: [
      {
        title,
        color,
        ...(description === "" ? {} : { description }),
        fields: fitFields(
          cardRows(report).map((row) => createField(row, report)),
          room,
          words,
        ),
        footer: { text: footer },
        timestamp: isoTime(report.snapshot.takenAtMs),
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

const notesOf = ({ notes }: Report) => notes.map((note) => escapeMarkdown(note));

/** In the reader's own time, counting down and then up: a machine that is silent shows in its last card. */
const nextOf = ({ nextMs, words }: Report) => (nextMs === null ? [] : [words.card.next(discordTime(nextMs, "R"))]);

/** The core numbers always, the rest when it is worth a place or beyond a line. */
function cardRows(report: Report): readonly ReportRow[] {
  const rows = report.sections.flatMap((section) => section.rows);
  const shown = rows.filter(({ importance, severity }) => importance !== "detail" || severity !== null);
  // A phone shows one column, so what is wrong comes first.
  return shown.toSorted((one, other) => Number(other.severity !== null) - Number(one.severity !== null));
}

function createField(row: ReportRow, report: Report): EmbedField {
  const [first = "", ...rest] = row.lines.map((line) => escapeMarkdown(line));
  const gauge = row.percent === undefined ? first : `${bar(row.percent, barCells)} ${first}`;
  const value = [gauge, ...rest, ...(row.trend === null ? [] : trendLines(row.trend, report))].join("\n");
  const sign = row.severity === null ? "" : `${looks[row.severity].sign} `;
  return {
    name: clip(sign + escapeMarkdown(row.label), discordLimits.fieldName),
    value: clip(value, discordLimits.fieldValue) || "–",
    inline: true,
  };
}

/** Monospaced, or gaps would close up; times in the reader's own zone. */
function trendLines({ key, buckets, leastSpan, hours, remarks }: Trend, { words, format }: Report): readonly string[] {
  const time = (ms: number) => discordTime(ms, "t");
  return [
    words.trend.hours(`\`${sparkline(coarsen(buckets, sparklineCells), leastSpan)}\``, hours),
    ...remarks.map((remark) => remarkText(key, remark, words, format, time)),
  ];
}

/** As many fields as a message holds; the last one then says how many are missing. */
function fitFields(fields: readonly EmbedField[], room: number, { card }: Words): readonly EmbedField[] {
  const sizes = fields.map(({ name, value }) => lengthOf(name) + lengthOf(value));
  const allFit = fields.length <= discordLimits.fields && sizes.reduce((sum, size) => sum + size, 0) <= room;
  if (allFit) return fields;
  const moreField = (count: number) => ({
    name: card.more.label,
    value: card.more.line(count),
    inline: true,
  });
  let left = room - 100;
  const fitting = sizes.findIndex((size, index) => index >= discordLimits.fields - 1 || (left -= size) < 0);
  return [...fields.slice(0, fitting), moreField(fields.length - fitting)];
}

/** `Ubuntu 24.04 · 6.8.0 · up 23 days · server-metrics 1.0.0`, as far as it is known. */
function footerText({ snapshot, words }: Report, version: string): string {
  const { host } = snapshot.readings;
  const facts = host.status === "ok" ? host.value : null;
  const uptime = facts?.uptimeSeconds ?? null;
  const parts = [facts?.os, facts?.kernel, uptime === null ? null : words.card.up(uptime)];
  return [...parts.filter((part) => part), words.report.program(version)].join(" · ");
}

/** Posts without a notification, because alerts announce the news. Discord's flag SUPPRESS_NOTIFICATIONS. */
export const withoutSound = 4096;

/** The Discord message of a report, in the layout that the settings ask for. */
export function renderMessage(report: Report, config: Config, version: string): DiscordMessage {
  switch (config.layout) {
    case "card":
      return {
        ...renderCard(report, version),
        ...(config.alerts.quiet_cards === false ? {} : { flags: withoutSound }),
      };
    case "classic":
      return renderClassic(report, config.timezone);
  }
}
