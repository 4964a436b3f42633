import { type Incident, incidentText } from "../../alerts/incidents.ts";
import { isoTime, localDay, sparkline } from "../../format.ts";
import type { Note } from "../../model/note.ts";
import { observationKey } from "../../model/observation.ts";
import { type Daily, type Day, weekdayOf } from "../../past/digest.ts";
import { labelOf, numberText } from "../../past/keyMetrics.ts";
import { coarsen } from "../../past/series.ts";
import type { Summary } from "../../past/summary.ts";
import { noteText, type Report } from "../../report/report.ts";
import { systemOf } from "../../report/headline.ts";
import { footer, withoutSound } from "./card.ts";
import {
  authorFrom,
  clip,
  discordLimits,
  type DiscordMessage,
  discordTime,
  escapeMarkdown,
  looks,
  nameIn,
  small,
  unbroken,
} from "./message.ts";

/** Numbers and incidents that are told one by one; a machine may have hundreds. */
const shown = { numbers: 6, incidents: 8, notes: 3 } as const;
/** So that all of it is within the length that a message may have, before what markdown needs is added. */
const longest = { name: 48, incident: 80, note: 120 } as const;

/** The digest of a day, or the review of a week: proof of life in one message without a sound. `notes` are about the reporting itself. */
export function renderDaily(
  report: Report,
  daily: Daily,
  timezone: string | null,
  notes: readonly Note[] = [],
): DiscordMessage {
  const { words } = report;
  const { days } = daily;
  const lines = [
    ...(days === null ? [] : [stripOf(days, timezone, report)]),
    ...numberRows(daily, report),
    ...(days === null ? incidentRows(daily, report) : weekRows(days, daily, timezone, report)),
    ...smallLines(daily, report, notes).map(small),
  ];
  const look = looks.notice;
  const title = days === null ? words.day.title(summaryOf(daily, report)) : weekTitle(days, report);
  return {
    ...authorFrom(report.name),
    embeds: [
      {
        title: clip(`📅 ${escapeMarkdown(title)}`, discordLimits.title),
        description: lines.join("\n"),
        color: look.color,
        footer: footer(report, days === null ? footOf(daily, report) : systemOf(report)),
        timestamp: isoTime(daily.toMs),
      },
    ],
    allowed_mentions: { parse: [] },
    flags: withoutSound,
  };
}

const isOpen = ({ toMs }: Incident) => toMs === null;

/** A day without alerts ends as well as the report says. */
function summaryOf({ incidents }: Daily, { headline, words }: Report): string {
  return incidents.length === 0 ? headline : words.day.alerts(incidents.length, incidents.filter(isOpen).length);
}

function weekTitle(days: readonly Day[], { words }: Report): string {
  return words.week.title(days.length, days.filter(({ state }) => state === "well").length);
}

function footOf({ runs, gaps }: Daily, { words }: Report): string {
  const seconds = gaps.reduce((sum, [fromMs, toMs]) => sum + (toMs - fromMs) / 1000, 0);
  return words.day.footer(runs, gaps.length, seconds);
}

const squares: Readonly<Record<Day["state"], string>> = { well: "🟩", warning: "🟨", critical: "🟥", none: "⬛" };

function weekday(ms: number, timezone: string | null, { words }: Report): string {
  return words.week.days[weekdayOf(localDay(ms, timezone))] ?? "";
}

/** A square a day, the only part of a digest that people share. */
function stripOf(days: readonly Day[], timezone: string | null, report: Report): string {
  const strip = days.map(({ state }) => squares[state]).join("");
  const [first, last] = [days[0], days.at(-1)].map((day) => weekday(day?.fromMs ?? 0, timezone, report));
  return report.words.week.strip(strip, first ?? "", last ?? "");
}

/** CPU, memory, the fullest disks: sparkline and average, name, and how far it went. */
function numberRows({ summaries, days }: Daily, report: Report): readonly string[] {
  const { words } = report;
  const fullness = ({ leftKey, average }: Summary) => (leftKey === null ? 0 : average);
  const order = ["cpu", "memory", "storage", "load"];
  const placeOf = ({ key }: Summary) =>
    (order.indexOf(key.split("_", 1)[0] ?? "") + order.length + 1) % (order.length + 1);
  const rows = summaries
    .toSorted((one, other) => placeOf(one) - placeOf(other) || fullness(other) - fullness(one))
    .slice(0, shown.numbers)
    .map((summary) => ({ summary, number: numberText(summary.key, summary.average, words) }));
  const width = Math.max(4, ...rows.map(({ number }) => number.length));
  return rows.map(({ summary, number }) => {
    const { key, unit, buckets } = summary;
    const line = sparkline(coarsen(buckets, days?.length ?? 12), unit === "percent" ? 10 : 1);
    const name = nameIn(labelOf(key, words), longest.name);
    return `\`${line} ${number.padStart(width)}\` ${name} ${unbroken(courseOf(summary, report))}`.trimEnd();
  });
}

/** From the least to the most; of what fills, by how many bytes, if at all, and when it is full. */
function courseOf(summary: Summary, { words, trends, format, observations }: Report): string {
  const { key, minimum, maximum, first, last, amountKey, leftKey } = summary;
  if (leftKey === null || last.value === 0) {
    return words.day.range(numberText(key, minimum.value, words), numberText(key, maximum.value, words));
  }
  const amount = observations.find((one) => observationKey(one) === amountKey)?.value ?? null;
  const change = amount === null ? null : amount * (1 - first.value / last.value);
  const hours = trends.get(key)?.fullInHours ?? null;
  return words.list([
    ...(change === null || Math.abs(change) < 1024
      ? []
      : [`${change < 0 ? "−" : "+"}${format.bytes(Math.abs(change))}`]),
    ...(hours === null ? [] : [words.trend.fullIn(hours)]),
  ]);
}

const textOf = (incident: Incident, { words }: Report) =>
  escapeMarkdown(clip(incidentText(incident, words), longest.incident));

const secondsOf = ({ fromMs, toMs }: Incident, nowMs: number) => ((toMs ?? nowMs) - fromMs) / 1000;

/** Open ones first. */
function incidentRows({ incidents, toMs: nowMs }: Daily, report: Report): readonly string[] {
  const { day } = report.words;
  const stamp = (ms: number) => discordTime(ms, "t");
  return inOrder(incidents).map((incident) => {
    const { fromMs, toMs, severity } = incident;
    const [text, seconds] = [textOf(incident, report), secondsOf(incident, nowMs)];
    const told =
      toMs === null ? day.open(text, stamp(fromMs), seconds) : day.past(text, stamp(fromMs), stamp(toMs), seconds);
    return `${looks[severity].sign} ${unbroken(told)}`;
  });
}

const inOrder = (incidents: readonly Incident[]) =>
  incidents.toSorted((one, other) => Number(isOpen(other)) - Number(isOpen(one))).slice(0, shown.incidents);

/** Each day that was not green, by name. */
function weekRows(
  days: readonly Day[],
  { incidents, toMs: nowMs }: Daily,
  timezone: string | null,
  report: Report,
): readonly string[] {
  const { week } = report.words;
  const told = inOrder(incidents).map((incident) => {
    const { fromMs, severity } = incident;
    const [day, text] = [weekday(fromMs, timezone, report), textOf(incident, report)];
    const say = isOpen(incident) ? week.open : week.past;
    return `${looks[severity].sign} ${unbroken(say(day, text, secondsOf(incident, nowMs)))}`;
  });
  const unmeasured = days.filter(({ state }) => state === "none");
  return [
    ...told,
    ...unmeasured.map(({ fromMs }) => `${squares.none} ${week.none(weekday(fromMs, timezone, report))}`),
  ];
}

/** How long something was wrong between two times: what was wrong at once counts once. */
function msCovered(incidents: readonly Incident[], fromMs: number, toMs: number): number {
  let [total, reached] = [0, fromMs];
  for (const one of incidents.toSorted((first, second) => first.fromMs - second.fromMs)) {
    const end = Math.min(one.toMs ?? toMs, toMs);
    total += Math.max(0, end - Math.max(one.fromMs, reached));
    reached = Math.max(reached, end);
  }
  return total;
}

function smallLines(
  { days, incidents, summaries, fromMs, toMs }: Daily,
  { snapshot, words }: Report,
  notes: readonly Note[],
): readonly string[] {
  const { host } = snapshot.readings;
  const uptime = host.status === "ok" ? host.value.uptimeSeconds : null;
  const seconds = msCovered(incidents, fromMs, toMs) / 1000;
  const review = [
    ...(uptime === null ? [] : [words.week.up(uptime)]),
    ...(incidents.length === 0 ? [] : [words.week.alerts(incidents.length, seconds)]),
  ];
  const more = incidents.length - shown.incidents;
  return [
    ...(more > 0 ? [words.alert.moreLines(more)] : []),
    ...notes.slice(0, shown.notes).map((note) => escapeMarkdown(clip(noteText(note, words), longest.note))),
    ...(days === null || review.length === 0 ? [] : [review.join(" · ")]),
    ...(summaries.length > shown.numbers ? [words.day.more(summaries.length - shown.numbers)] : []),
  ];
}
