import * as v from "valibot";

import type { Words } from "../../words/en.ts";
import { clip, discordLimits } from "./message.ts";

const embed = v.looseObject({ footer: v.optional(v.looseObject({ text: v.string() })) });
const message = v.looseObject({ embeds: v.tupleWithRest([embed], v.unknown()) });

/**
 * The same message, saying in its footer that it may be a duplicate: for sending again what may have arrived. `id` is
 * how a reader tells that two messages are one. A body of another shape stays as it is.
 */
export function markAsRepeat(body: unknown, id: string, { card }: Words): unknown {
  const parsed = v.safeParse(message, body);
  if (!parsed.success) return body;
  const [first, ...rest] = parsed.output.embeds;
  const known = first.footer?.text;
  const text = [known, card.repeat, known?.includes(id) === true ? null : id].filter(Boolean).join(" · ");
  const footer = { ...first.footer, text: clip(text, discordLimits.footer) };
  return { ...parsed.output, embeds: [{ ...first, footer }, ...rest] };
}

/** The part of a message that can be changed later: its author cannot, nor whether it made a sound. */
export function asEdit(body: unknown): unknown {
  const parsed = v.safeParse(v.looseObject({ embeds: v.unknown() }), body);
  if (!parsed.success) return body;
  const { username: _author, flags: _sound, ...rest } = parsed.output;
  // Attachments that are not listed are removed: the picture of the last edit.
  return { ...rest, attachments: [] };
}

/** The plainest message there is, in place of one that Discord refused. */
export function reduce(body: unknown, reason: string, { card }: Words): unknown {
  const titled = v.safeParse(
    v.looseObject({ embeds: v.tupleWithRest([v.looseObject({ title: v.string() })], v.unknown()) }),
    body,
  );
  const title = titled.success ? clip(titled.output.embeds[0].title, discordLimits.title) : "server-metrics";
  const description = clip(card.refused(reason), discordLimits.description);
  return { embeds: [{ title, description }], allowed_mentions: { parse: [] } };
}

/** The name by which a message speaks of its picture. */
export const pictureName = "chart.png";

const embedded = v.looseObject({ embeds: v.tupleWithRest([v.looseObject({})], v.unknown()) });

/** The same message, showing the picture that goes along with it as `files[0]`, in place of any that it had. */
export function withPicture(body: unknown, { card }: Words): unknown {
  const parsed = v.safeParse(embedded, body);
  if (!parsed.success) return body;
  const [first, ...rest] = parsed.output.embeds;
  return {
    ...parsed.output,
    embeds: [{ ...first, image: { url: `attachment://${pictureName}` } }, ...rest],
    attachments: [{ id: 0, filename: pictureName, description: card.picture }],
  };
}
