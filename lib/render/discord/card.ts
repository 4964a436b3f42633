import type { Mute } from "../../alerts/alert.ts";
import { isoTime, printable, sparkline } from "../../format.ts";
import { coarsen } from "../../past/series.ts";
import { cardRows } from "../../report/cardRows.ts";
import { headlineOf, systemOf } from "../../report/headline.ts";
import type { Report, ReportRow } from "../../report/report.ts";
import { markOf, narrow, shorten } from "../../report/shortRow.ts";
import type { Config } from "../../settings/config.ts";
import { renderClassic } from "./classic.ts";
import {
  authorFrom,
  clip,
  type DiscordMessage,
  discordTime,
  escapeHeadline,
  escapeMarkdown,
  looks,
  nameIn,
  small,
  unbroken,
} from "./message.ts";

/** The card: one embed that tells by its first words how the machine is. Always within Discord's limits. */
export function renderCard(report: Report, hasChart = false): DiscordMessage {
  const { look, text } = headlineOf(report);
  const { sign, color } = looks[look];
  return {
    ...authorFrom(report.name),
    embeds: [
      {
        title: `${sign} ${escapeHeadline(text)}`,
        color,
        description: describe(report, hasChart),
        footer: footer(report, systemOf(report)),
        timestamp: isoTime(report.snapshot.takenAtMs),
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

/** In code points, before what markdown needs is added. */
const longestName = 48;
const longestRemark = 72;
const longestText = 120;
const longestChanges = 200;
const notesShown = 3;
const sparklineCells = 18;

function describe(report: Report, hasChart: boolean): string {
  const { words } = report;
  const { marked, well, others, left } = cardRows(report);
  const rows = (all: readonly ReportRow[]) => {
    const medium = { time: timeOf, plain: (text: string) => escapeMarkdown(clip(text, longestRemark)) };
    return all.map((row) => {
      const { number, remark } = shorten(row, report, medium);
      return { label: row.label, mark: markOf(row), number: number === null ? null : narrow(number), remark };
    });
  };
  const [first, second] = [rows(marked), rows(well)];
  let width = 4;
  for (const { number } of [...first, ...second]) width = Math.max(width, number?.length ?? 0);
  const line = ({ label, number, remark, mark }: (typeof first)[number]) =>
    [
      ...(mark === null ? [] : [looks[mark].sign]),
      ...(number === null ? [] : [`\`${number.padStart(width)}\``]),
      nameIn(label, longestName),
      unbroken(remark),
    ]
      .join(" ")
      .trimEnd();
  const smalls = [
    ...report.notes.slice(0, notesShown).map((note) => escapeMarkdown(clip(note, longestText))),
    ...(left > 0 ? [words.card.more(left)] : []),
    ...(others.length > 0 ? [words.card.alsoWell(others)] : []),
    ...(report.changed === null ? [] : [`🔧 ${escapeMarkdown(clip(report.changed, longestChanges))}`]),
    ...(report.mutes.all === null ? [] : [mutedAll(report.mutes.all, report)]),
    // The last: it turns into "2 hours ago" where the machine is silent.
    ...(report.nextMs === null ? [] : [words.card.next(discordTime(report.nextMs, "R"))]),
  ];
  return [
    ...first.map(line),
    ...(first.length > 0 && second.length > 0 ? [""] : []),
    ...second.map(line),
    ...(hasChart ? [] : courseOf([...marked, ...well], report)),
    ...smalls.map(small),
  ].join("\n");
}

const timeOf = (ms: number, withDate: boolean) => discordTime(ms, withDate ? "f" : "t");

function mutedAll({ untilMs, why }: Mute, { words }: Report): string {
  const until = untilMs === null ? null : timeOf(untilMs, true);
  return `${looks.muted.sign} ${words.mute.row(words.mute.everything, until, why === null ? null : escapeMarkdown(why))}`;
}

/** The last 24 hours of the number that is wrong, else of the CPU. */
function courseOf(rows: readonly ReportRow[], { words }: Report): readonly string[] {
  const { label, trend } =
    rows.find((row) => row.trend !== null && row.severity !== null) ??
    rows.find(({ metric }) => metric === "cpu") ??
    {};
  if (label === undefined || trend === undefined || trend === null) return [];
  const { buckets, leastSpan, hours } = trend;
  const line = sparkline(coarsen(buckets, sparklineCells), leastSpan);
  return [`\`${line}\` ${words.card.course(escapeMarkdown(clip(label, longestName)), hours)}`];
}

/** A footer, with the machine's name where its messages cannot have it as their sender. */
export function footer(report: Report, text: string): { readonly text: string } {
  const name = authorFrom(report.name).username === undefined ? printable(report.name) : "";
  return { text: clip(name === "" ? text : `${name} · ${text}`, longestText) };
}

/** Posts without a notification, because alerts announce the news. Discord's flag SUPPRESS_NOTIFICATIONS. */
export const withoutSound = 4096;

/** What decides the form of a card. */
export type CardSettings = Pick<Config, "alerts" | "layout" | "timezone">;

/** The Discord message of a report, in the layout that the settings ask for. */
export function renderMessage(report: Report, config: CardSettings, hasChart: boolean): DiscordMessage {
  switch (config.layout) {
    case "card":
      return {
        ...renderCard(report, hasChart),
        ...(config.alerts.quiet_cards === false ? {} : { flags: withoutSound }),
      };
    case "classic":
      return renderClassic(report, config.timezone);
  }
}
