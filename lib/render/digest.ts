import type { Digest } from "../digest.ts";
import { percent, printable } from "../format.ts";
import { clip, discordLimits, usernameFrom } from "./discordLimits.ts";
import type { DiscordMessage } from "./discordMessage.ts";
import { escapeMarkdown } from "./discordText.ts";

/** Numbers that a digest shows; the first are the main ones. */
const numbersShown = 12;

/** The message in place of the reports of an outage: from when to when, how many, and what the main numbers did. */
export function renderDigest(name: string, digest: Digest, dropped: number): DiscordMessage {
  const stamp = (ms: number) => `<t:${Math.floor(ms / 1000)}:f>`;
  const sentences = [
    `Measured from ${stamp(digest.fromMs)} to ${stamp(digest.toMs)}, not delivered then.`,
    ...(digest.perhapsDelivered > 0 ? [`${digest.perhapsDelivered} of them may have arrived already.`] : []),
    ...(dropped > 0 ? [`${dropped} older reports did not fit into the outbox and are gone.`] : []),
  ];
  const username = usernameFrom(printable(name));
  const fields = Object.entries(digest.numbers)
    .slice(0, numbersShown)
    .map(([label, { minimum, average, maximum }]) => ({
      name: clip(escapeMarkdown(printable(label)), discordLimits.fieldName),
      value: `${percent(average)} on average\n${percent(minimum)} to ${percent(maximum)}`,
      inline: true,
    }));
  return {
    ...(username === null ? {} : { username }),
    embeds: [
      {
        title: clip(escapeMarkdown(printable(`⏳ ${name} — ${digest.reports} reports, late`)), discordLimits.title),
        description: sentences.join("\n"),
        color: 0x95_a5_a6,
        fields,
      },
    ],
    allowed_mentions: { parse: [] },
  };
}
