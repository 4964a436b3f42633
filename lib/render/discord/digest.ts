import type { Digest } from "../../past/digest.ts";
import { labelOf, numberText } from "../../past/keyMetrics.ts";
import type { Words } from "../../words/en.ts";
import { authorFrom, type DiscordMessage, discordTime, looks, nameIn, unbroken } from "./message.ts";

/** Numbers that a digest shows; the first are the main ones. */
const numbersShown = 12;
const longestName = 48;

/** The message in place of the reports of an outage: from when to when, how many, and what the key metrics did. */
export function renderDigest(name: string, digest: Digest, dropped: number, words: Words): DiscordMessage {
  const { day, late } = words;
  const sentences = [
    late.when(discordTime(digest.fromMs, "f"), discordTime(digest.toMs, "f")),
    ...(digest.perhapsDelivered > 0 ? [late.perhaps(digest.perhapsDelivered)] : []),
    ...(dropped > 0 ? [late.dropped(dropped)] : []),
  ];
  const rows = Object.entries(digest.numbers)
    .slice(0, numbersShown)
    .map(([key, { minimum, average, maximum }]) => {
      const tell = (value: number) => numberText(key, value, words);
      const range = unbroken(day.range(tell(minimum), tell(maximum)));
      return `\`${tell(average).padStart(5)}\` ${nameIn(labelOf(key, words), longestName)} ${range}`.trimEnd();
    });
  return {
    ...authorFrom(name),
    embeds: [
      {
        title: `⏳ ${late.title(digest.reports)}`,
        description: [...sentences, ...rows].join("\n"),
        color: looks.unknown.color,
      },
    ],
    allowed_mentions: { parse: [] },
  };
}
