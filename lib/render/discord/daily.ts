import { type Trouble, troubleText } from "../../alerts/troubles.ts";
import { counted, duration, isoTime, percent, significant, sparkline } from "../../format.ts";
import type { Course } from "../../past/course.ts";
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

/** Numbers and troubles that are told one by one; a machine may have hundreds. */
const numbersShown = 12;
const troublesShown = 15;
const notesShown = 5;
/** So that all of it is within the sum that a message may have. */
const longestTrouble = 120;
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
  const { courses, runs, toMs } = daily;
  const description = describe(daily, notes, words);
  const footer = `${counted(runs, "run")} · server-metrics ${version}`;
  return {
    ...authorFrom(name),
    embeds: [
      {
        title: clip(escapeMarkdown(`📅 ${name} — the last 24 hours: ${summaryOf(daily)}`), discordLimits.title),
        ...(description === "" ? {} : { description }),
        color: looks.notice.color,
        fields: courses.slice(0, numbersShown).map(createField),
        footer: { text: moreOf(courses.length - numbersShown) + footer },
        timestamp: isoTime(toMs),
      },
    ],
    allowed_mentions: { parse: [] },
    flags: withoutSound,
  };
}

const moreOf = (count: number) => (count > 0 ? `+${count} more numbers, see server-metrics history · ` : "");

function summaryOf({ troubles }: Daily): string {
  if (troubles.length === 0) return "all well";
  const open = troubles.filter(({ toMs }) => toMs === null).length;
  const alerts = counted(troubles.length, "alert");
  if (open === 0) return `${alerts}, over`;
  return open === troubles.length ? `${alerts}, not over` : `${alerts}, ${open} not over`;
}

/** What was raised and recovered; what is not over comes first. Then the notes. */
function describe({ troubles, toMs }: Daily, notes: readonly string[], words: Words): string {
  const ordered = troubles.toSorted((one, other) => Number(one.toMs !== null) - Number(other.toMs !== null));
  const lines = ordered.slice(0, troublesShown).map((trouble) => sentence(trouble, toMs, words));
  const more = troubles.length - troublesShown;
  const told = notes.slice(0, notesShown).map((note) => clip(escapeMarkdown(note), longestTrouble));
  return [...lines, ...(more > 0 ? [words.alert.moreLines(more)] : []), ...told].join("\n");
}

function sentence(trouble: Trouble, nowMs: number, words: Words): string {
  const { fromMs, toMs, severity } = trouble;
  const stamp = (ms: number) => discordTime(ms, "t");
  const lasted = duration(((toMs ?? nowMs) - fromMs) / 1000);
  const times =
    toMs === null ? `since ${stamp(fromMs)}, for ${lasted}` : `${stamp(fromMs)} to ${stamp(toMs)}, ${lasted}`;
  return `${looks[toMs === null ? severity : "well"].sign} ${clip(escapeMarkdown(troubleText(trouble, words)), longestTrouble)}: ${severity}, ${times}`;
}

function createField({ label, unit, minimum, average, maximum, cells }: Course): EmbedField {
  const tell = unit === "percent" ? percent : significant;
  const [least, most] = [tell(minimum.value), tell(maximum.value)];
  const spread = [`${tell(average)} on average`, `${least} to ${most}`, `highest at ${discordTime(maximum.atMs, "t")}`];
  const lines = [
    ...(least === most ? [`${most} all the time`] : spread),
    `\`${sparkline(coarsen(cells, sparklineCells), unit === "percent" ? 10 : 1)}\``,
  ];
  return { name: clip(escapeMarkdown(label), longestLabel), value: lines.join("\n"), inline: true };
}
