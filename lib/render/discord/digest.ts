import type { Digest } from "../../past/digest.ts";
import { labelOf, numberText } from "../../past/keyMetrics.ts";
import type { Words } from "../../words/en.ts";
import { authorFrom, clip, discordLimits, type DiscordMessage, discordTime, escapeMarkdown, looks } from "./message.ts";

/** Numbers that a digest shows; the first are the main ones. */
const numbersShown = 12;

/** The message in place of the reports of an outage: from when to when, how many, and what the key metrics did. */
export function renderDigest(name: string, digest: Digest, dropped: number, words: Words): DiscordMessage {
  const { day, late } = words;
  const sentences = [
    late.when(discordTime(digest.fromMs, "f"), discordTime(digest.toMs, "f")),
    ...(digest.perhapsDelivered > 0 ? [late.perhaps(digest.perhapsDelivered)] : []),
    ...(dropped > 0 ? [late.dropped(dropped)] : []),
  ];
  const fields = Object.entries(digest.numbers)
    .slice(0, numbersShown)
    .map(([key, { minimum, average, maximum }]) => {
      const tell = (value: number) => numberText(key, value, words);
      return {
        name: clip(escapeMarkdown(labelOf(key, words)), discordLimits.fieldName),
        value: `${day.average(tell(average))}\n${day.range(tell(minimum), tell(maximum))}`,
        inline: true,
      };
    });
  return {
    ...authorFrom(name),
    embeds: [
      {
        title: clip(escapeMarkdown(late.title(name, digest.reports)), discordLimits.title),
        description: sentences.join("\n"),
        color: looks.unknown.color,
        fields,
      },
    ],
    allowed_mentions: { parse: [] },
  };
}
