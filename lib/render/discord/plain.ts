import { localText, printable } from "../../format.ts";
import { paint, type Tone } from "../terminal/frame.ts";
import type { TextOptions } from "../terminal/options.ts";
import type { DiscordMessage } from "./message.ts";

/** A message as it reads in a terminal, without the marks of markdown. */
export function plainLines(
  { content, embeds }: DiscordMessage,
  nowMs: number,
  options: TextOptions,
): readonly string[] {
  const texts = (tone: Tone | null, text = "") => text.split("\n").map((line) => plainLine(line, tone, nowMs, options));
  return [
    ...(content === undefined ? [] : texts("bold", content)),
    ...embeds.flatMap(({ title, description, fields = [], footer }) => [
      ...(title === undefined ? [] : texts("bold", title)),
      ...(description === undefined ? [] : texts(null, description)),
      ...fields.flatMap(({ name, value }) => [...texts("bold", name), ...texts(null, value)]),
      ...(footer === undefined ? [] : texts("dim", footer.text)),
    ]),
  ];
}

function plainLine(line: string, tone: Tone | null, nowMs: number, options: TextOptions): string {
  const isSmall = line.startsWith("-# ");
  const text = line
    .slice(isSmall ? 3 : 0)
    .replace(/<t:(\d+):\w>/g, (_, seconds: string) => localText(Number(seconds) * 1000, nowMs, options.timezone))
    .replace(/(?<!\\)(?:\*\*|`)/g, "")
    .replace(/\\(?=[^\w\s])|\u200B/g, "");
  return paint(isSmall ? "dim" : tone, printable(text), options);
}
