import { type Incident, incidentText } from "../../alerts/incidents.ts";
import { isoTime, sparkline } from "../../format.ts";
import type { Note } from "../../model/note.ts";
import type { Summary } from "../../past/summary.ts";
import type { Daily } from "../../past/digest.ts";
import { labelOf, numberText } from "../../past/keyMetrics.ts";
import { coarsen } from "../../past/series.ts";
import { noteText, type Report } from "../../report/report.ts";
import type { Words } from "../../words/en.ts";
import { withoutSound } from "./card.ts";
import {
  authorFrom,
  clip,
  discordLimits,
  type DiscordMessage,
  discordTime,
  type EmbedField,
  escapeMarkdown,
  looks,
} from "./message.ts";

/** Numbers and incidents listed one by one; a machine may have hundreds. */
const numbersShown = 12;
const incidentsShown = 15;
const notesShown = 5;
/** So that all of it is within the sum that a message may have. */
const longestIncident = 120;
const longestLabel = 100;
const sparklineCells = 12;

/**
 * The digest of a day: proof of life in one message without a sound. Always within Discord's limits. `notes` are about the
 * reporting itself.
 */
export function renderDaily(
  { name, headline }: Pick<Report, "name" | "headline">,
  daily: Daily,
  version: string,
  words: Words,
  notes: readonly Note[] = [],
): DiscordMessage {
  const { summaries, runs, toMs } = daily;
  const description = describe(daily, notes, words);
  const footer = words.day.footer(runs, version);
  const leftOut = summaries.length - numbersShown;
  return {
    ...authorFrom(name),
    embeds: [
      {
        title: clip(escapeMarkdown(words.day.title(name, summaryOf(daily, headline, words))), discordLimits.title),
        ...(description === "" ? {} : { description }),
        color: looks.notice.color,
        fields: summaries.slice(0, numbersShown).map((summary) => createField(summary, words)),
        footer: { text: leftOut > 0 ? `${words.day.more(leftOut)} · ${footer}` : footer },
        timestamp: isoTime(toMs),
      },
    ],
    allowed_mentions: { parse: [] },
    flags: withoutSound,
  };
}

/** A day without alerts ends as well as the report says. */
function summaryOf({ incidents }: Daily, headline: string, words: Words): string {
  if (incidents.length === 0) return headline;
  const open = incidents.filter(({ toMs }) => toMs === null).length;
  return words.day.alerts(incidents.length, open);
}

/** Incidents, ongoing ones first, then the notes. */
function describe({ incidents, toMs }: Daily, notes: readonly Note[], words: Words): string {
  const ordered = incidents.toSorted((one, other) => Number(one.toMs !== null) - Number(other.toMs !== null));
  const lines = ordered.slice(0, incidentsShown).map((incident) => sentence(incident, toMs, words));
  const more = incidents.length - incidentsShown;
  const told = notes.slice(0, notesShown).map((note) => clip(escapeMarkdown(noteText(note, words)), longestIncident));
  return [...lines, ...(more > 0 ? [words.alert.moreLines(more)] : []), ...told].join("\n");
}

function sentence(incident: Incident, nowMs: number, words: Words): string {
  const { fromMs, toMs, severity } = incident;
  const stamp = (ms: number) => discordTime(ms, "t");
  const seconds = ((toMs ?? nowMs) - fromMs) / 1000;
  const text = clip(escapeMarkdown(incidentText(incident, words)), longestIncident);
  return toMs === null
    ? `${looks[severity].sign} ${words.day.open(text, severity, stamp(fromMs), seconds)}`
    : `${looks.well.sign} ${words.day.past(text, severity, stamp(fromMs), stamp(toMs), seconds)}`;
}

function createField({ key, unit, minimum, average, maximum, buckets }: Summary, words: Words): EmbedField {
  const { day } = words;
  const tell = (value: number) => numberText(key, value, words);
  const [least, most] = [tell(minimum.value), tell(maximum.value)];
  const spread = [day.average(tell(average)), day.range(least, most), day.highest(discordTime(maximum.atMs, "t"))];
  const lines = [
    ...(least === most ? [day.flat(most)] : spread),
    `\`${sparkline(coarsen(buckets, sparklineCells), unit === "percent" ? 10 : 1)}\``,
  ];
  return { name: clip(escapeMarkdown(labelOf(key, words)), longestLabel), value: lines.join("\n"), inline: true };
}
