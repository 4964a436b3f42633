import { type Incident, incidentText } from "../../alerts/incidents.ts";
import { counted, duration, isoTime, percent, significant, sparkline } from "../../format.ts";
import type { Summary } from "../../past/summary.ts";
import type { Daily } from "../../past/digest.ts";
import { coarsen } from "../../past/series.ts";
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

/** Numbers and incidents that are told one by one; a machine may have hundreds. */
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
  name: string,
  daily: Daily,
  version: string,
  words: Words,
  notes: readonly string[] = [],
): DiscordMessage {
  const { summaries, runs, toMs } = daily;
  const description = describe(daily, notes, words);
  const footer = `${counted(runs, "run")} · server-metrics ${version}`;
  return {
    ...authorFrom(name),
    embeds: [
      {
        title: clip(escapeMarkdown(`📅 ${name} — the last 24 hours: ${summaryOf(daily)}`), discordLimits.title),
        ...(description === "" ? {} : { description }),
        color: looks.notice.color,
        fields: summaries.slice(0, numbersShown).map(createField),
        footer: { text: moreOf(summaries.length - numbersShown) + footer },
        timestamp: isoTime(toMs),
      },
    ],
    allowed_mentions: { parse: [] },
    flags: withoutSound,
  };
}

const moreOf = (count: number) => (count > 0 ? `+${count} more numbers, see server-metrics history · ` : "");

function summaryOf({ incidents }: Daily): string {
  if (incidents.length === 0) return "all well";
  const open = incidents.filter(({ toMs }) => toMs === null).length;
  const alerts = counted(incidents.length, "alert");
  if (open === 0) return `${alerts}, over`;
  return open === incidents.length ? `${alerts}, not over` : `${alerts}, ${open} not over`;
}

/** What was raised and recovered; what is not over comes first. Then the notes. */
function describe({ incidents, toMs }: Daily, notes: readonly string[], words: Words): string {
  const ordered = incidents.toSorted((one, other) => Number(one.toMs !== null) - Number(other.toMs !== null));
  const lines = ordered.slice(0, incidentsShown).map((incident) => sentence(incident, toMs, words));
  const more = incidents.length - incidentsShown;
  const told = notes.slice(0, notesShown).map((note) => clip(escapeMarkdown(note), longestIncident));
  return [...lines, ...(more > 0 ? [words.alert.moreLines(more)] : []), ...told].join("\n");
}

function sentence(incident: Incident, nowMs: number, words: Words): string {
  const { fromMs, toMs, severity } = incident;
  const stamp = (ms: number) => discordTime(ms, "t");
  const lasted = duration(((toMs ?? nowMs) - fromMs) / 1000);
  const times =
    toMs === null ? `since ${stamp(fromMs)}, for ${lasted}` : `${stamp(fromMs)} to ${stamp(toMs)}, ${lasted}`;
  return `${looks[toMs === null ? severity : "well"].sign} ${clip(escapeMarkdown(incidentText(incident, words)), longestIncident)}: ${severity}, ${times}`;
}

function createField({ label, unit, minimum, average, maximum, buckets }: Summary): EmbedField {
  const tell = unit === "percent" ? percent : significant;
  const [least, most] = [tell(minimum.value), tell(maximum.value)];
  const spread = [`${tell(average)} on average`, `${least} to ${most}`, `highest at ${discordTime(maximum.atMs, "t")}`];
  const lines = [
    ...(least === most ? [`${most} all the time`] : spread),
    `\`${sparkline(coarsen(buckets, sparklineCells), unit === "percent" ? 10 : 1)}\``,
  ];
  return { name: clip(escapeMarkdown(label), longestLabel), value: lines.join("\n"), inline: true };
}
