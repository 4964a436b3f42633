import { percent } from "../../format.ts";
import type { Digest } from "../../past/digest.ts";
import { authorFrom, clip, discordLimits, type DiscordMessage, discordTime, escapeMarkdown, looks } from "./message.ts";

/** Numbers that a digest shows; the first are the main ones. */
const numbersShown = 12;

/** The message in place of the reports of an outage: from when to when, how many, and what the main numbers did. */
export function renderDigest(name: string, digest: Digest, dropped: number): DiscordMessage {
  const sentences = [
    `Measured from ${discordTime(digest.fromMs, "f")} to ${discordTime(digest.toMs, "f")}, not delivered then.`,
    ...(digest.perhapsDelivered > 0 ? [`${digest.perhapsDelivered} of them may have arrived already.`] : []),
    ...(dropped > 0 ? [`${dropped} older reports did not fit into the outbox and are gone.`] : []),
  ];
  const fields = Object.entries(digest.numbers)
    .slice(0, numbersShown)
    .map(([label, { minimum, average, maximum }]) => ({
      name: clip(escapeMarkdown(label), discordLimits.fieldName),
      value: `${percent(average)} on average\n${percent(minimum)} to ${percent(maximum)}`,
      inline: true,
    }));
  return {
    ...authorFrom(name),
    embeds: [
      {
        title: clip(escapeMarkdown(`⏳ ${name} — ${digest.reports} reports, late`), discordLimits.title),
        description: sentences.join("\n"),
        color: looks.unknown.color,
        fields,
      },
    ],
    allowed_mentions: { parse: [] },
  };
}
