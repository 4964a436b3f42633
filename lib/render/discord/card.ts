import type { Alert, Mute } from "../../alerts/alert.ts";
import { summarizeNow } from "../../alerts/text.ts";
import { clipColumns, columnsOf, isoTime, printable, sparkline } from "../../format.ts";
import { coarsen } from "../../past/series.ts";
import { cardRows } from "../../report/cardRows.ts";
import type { Report, ReportRow } from "../../report/report.ts";
import { markOf, shorten } from "../../report/shortRow.ts";
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

/** Columns of a title without its sign. */
const titleColumns = 57;

/** The verdict in a word, and what is worst. A machine without alerts is well only where nothing else is worth a word. */
function headlineOf({ verdict, headline, alerts, sections, snapshot, words }: Report) {
  const { card, alert } = { card: words.card, alert: words.alert.headline };
  if (verdict === "ok" && headline === words.report.verdict.ok) return { look: "well", text: card.verdict.ok } as const;
  const title = (word: "critical" | "warning" | "unknown", what: string, others = "") => {
    const begin = card.title(card.verdict[word], "");
    return { look: word, text: begin + clipColumns(what, titleColumns - columnsOf(begin + others)) + others } as const;
  };
  if (verdict === "unknown") return title("unknown", headline);
  if (verdict !== "ok") {
    const heard = alerts.filter(({ mute }) => mute === undefined);
    const of = (severity: Alert["severity"]) => heard.filter((one) => one.severity === severity);
    const [critical, warnings] = [of("critical"), of("warning")];
    const [worst] = [...critical, ...warnings];
    const what = worst === undefined ? "" : summarizeNow(worst, snapshot.takenAtMs, words);
    const more = (all: readonly Alert[]) => all.filter((one) => one !== worst).length;
    return title(verdict, what, alert.others(more(critical), more(warnings), 0, 0));
  }
  const unread = sections.flatMap(({ rows }) => rows.filter((row) => row.isUnread)).map(({ label }) => label);
  if (unread.length > 0) return title("unknown", words.some(unread));
  return { look: "notice", text: clipColumns(alert.begin(headline, []), titleColumns) } as const;
}

/** In code points, before what markdown needs is added. */
const longestName = 48;
const longestRemark = 72;
const longestText = 120;
const notesShown = 3;
const sparklineCells = 18;

function describe(report: Report, hasChart: boolean): string {
  const { words } = report;
  const { marked, well, others, left } = cardRows(report);
  const rows = (all: readonly ReportRow[]) => {
    const medium = { time: timeOf, plain: (text: string) => escapeMarkdown(clip(text, longestRemark)) };
    return all.map((row) => ({ label: row.label, mark: markOf(row), ...shorten(row, report, medium) }));
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

function mutedAll({ untilMs }: Mute, { words }: Report): string {
  const until = words.mute.until(untilMs === null ? null : timeOf(untilMs, true));
  return `${looks.muted.sign} ${until}: ${words.mute.everything}`;
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

/** `Ubuntu 24.04 · up 23 d`, as far as it is known. */
export function systemOf({ snapshot, words }: Report): string {
  const { host } = snapshot.readings;
  if (host.status !== "ok") return words.report.program;
  const { os, uptimeSeconds } = host.value;
  // `Debian GNU/Linux 13 (trixie)` is Debian 13, and `Ubuntu 24.04.3 LTS` is Ubuntu 24.04.
  const [, name = os, version] = /^(.+?)(?: GNU\/Linux| Linux)?(?: release)? v?(\d+(?:\.\d+)?)/.exec(os ?? "") ?? [];
  const system = printable(version === undefined ? (name ?? "") : `${name} ${version}`);
  const up = uptimeSeconds === null ? "" : words.card.up(uptimeSeconds);
  if (system === "" || up === "") return system + up || words.report.program;
  return `${system} · ${up}`;
}

/** Posts without a notification, because alerts announce the news. Discord's flag SUPPRESS_NOTIFICATIONS. */
export const withoutSound = 4096;

/** The Discord message of a report, in the layout that the settings ask for. */
export function renderMessage(report: Report, config: Config, hasChart: boolean): DiscordMessage {
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
