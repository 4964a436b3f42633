import * as v from "valibot";

import type { Words } from "../../words/en.ts";
import { clip, discordLimits, lengthOf } from "./message.ts";

const embed = v.looseObject({ footer: v.optional(v.looseObject({ text: v.string() })) });
const message = v.looseObject({ username: v.optional(v.string()), embeds: v.tupleWithRest([embed], v.unknown()) });

/**
 * The same message, saying in its footer that it may be a duplicate: for sending again what may have arrived. `id` is
 * how a reader tells that two messages are one. A body of another shape stays as it is.
 */
export function markAsRepeat(body: unknown, id: string, { card }: Words): unknown {
  const parsed = v.safeParse(message, body);
  if (!parsed.success) return body;
  const known = parsed.output.embeds[0].footer?.text;
  return withFooter(parsed.output, [card.repeat, known?.includes(id) === true ? null : id]);
}

function withFooter(body: v.InferOutput<typeof message>, more: readonly (string | null)[]): unknown {
  const [first, ...rest] = body.embeds;
  const text = [first.footer?.text, ...more].filter(Boolean).join(" · ");
  const footer = { ...first.footer, text: clip(text, discordLimits.footer) };
  return { ...body, embeds: [{ ...first, footer }, ...rest] };
}

/** The part of a message that can be changed later: its author cannot, nor whether it made a sound. */
export function asEdit(body: unknown): unknown {
  const parsed = v.safeParse(v.looseObject({ embeds: v.unknown() }), body);
  if (!parsed.success) return body;
  const { username: _author, flags: _sound, ...rest } = parsed.output;
  // Attachments that are not listed are removed: the picture of the last edit, unless this one keeps it.
  return { attachments: [], ...rest };
}

/** What a message still has that it can do without. */
export interface Sheddable {
  readonly picture: boolean;
  /** It is the plainest form already. */
  readonly isPlain: boolean;
}

/** A message without a part that Discord refused. */
export interface LesserForm {
  readonly body: unknown;
  readonly keepsPicture: boolean;
  readonly isPlain: boolean;
}

/**
 * The next lesser form of a message that Discord refused: without the picture, then without the name, then plain; without
 * the name first when only the name was refused. Null when it has been the plainest.
 */
export function lesserForm(
  body: unknown,
  has: Sheddable,
  part: "picture" | "name" | "body",
  reason: string,
  words: Words,
): LesserForm | null {
  const { card } = words;
  if (has.isPlain) return null;
  const parsed = v.safeParse(message, body);
  if (!parsed.success) return { body: plain(body, reason, words), keepsPicture: false, isPlain: true };
  const { username, ...nameless } = parsed.output;
  if (has.picture && (part !== "name" || username === undefined)) {
    const bare = withFooter(parsed.output, [card.withoutPicture(reason)]);
    return { body: withoutKeptPicture(bare), keepsPicture: false, isPlain: false };
  }
  if (username !== undefined) {
    // No other place may say which machine it is.
    return {
      body: withFooter(nameless, [username, card.withoutName(reason)]),
      keepsPicture: has.picture,
      isPlain: false,
    };
  }
  return { body: plain(body, reason, words), keepsPicture: false, isPlain: true };
}

const mentions = v.looseObject({ parse: v.tuple([]) });
const told = v.looseObject({
  content: v.optional(v.string()),
  embeds: v.tupleWithRest(
    [
      v.looseObject({
        title: v.optional(v.string()),
        description: v.optional(v.string()),
        footer: v.optional(v.looseObject({ text: v.string() })),
      }),
    ],
    v.unknown(),
  ),
  allowed_mentions: v.optional(mentions),
});

/** The plainest message there is, in place of one that Discord refused: its headline, its mention and its lines. */
export function plain(body: unknown, reason: string, { card }: Words): unknown {
  const parsed = v.safeParse(told, body);
  const refused = card.refused(reason);
  const nobody = { parse: [] };
  if (!parsed.success) {
    return { embeds: [{ title: "server-metrics", description: refused }], allowed_mentions: nobody };
  }
  const { content, embeds, allowed_mentions: pinged } = parsed.output;
  const [{ title, description = "", footer }] = embeds;
  const lines = clip(description, discordLimits.description - lengthOf(refused) - 1);
  return {
    ...(content === undefined ? {} : { content }),
    embeds: [
      {
        ...(title === undefined ? {} : { title: clip(title, discordLimits.title) }),
        description: clip([lines, refused].filter(Boolean).join("\n"), discordLimits.description),
        ...(footer === undefined ? {} : { footer: { text: clip(footer.text, discordLimits.footer) } }),
      },
    ],
    allowed_mentions: pinged ?? nobody,
  };
}

/** The name by which a message speaks of its picture. */
export const pictureName = "chart.png";

const embedded = v.looseObject({
  embeds: v.tupleWithRest([v.looseObject({ description: v.optional(v.string(), "") })], v.unknown()),
});

/** The numbers of a message for who cannot see its picture: `CPU 4.0 %, Memory 51 %`. */
function numbersIn(description: string, card: Words["card"]): string {
  const rows = description.matchAll(/`[▁-█ ]*([^`▁-█]+)` \*\*(.+?)\*\*/g);
  const shown = Array.from(
    rows,
    ([, number = "", name = ""]) => `${name.replace(/\\(?=[^\w\s])/g, "")} ${number.trim()}`,
  );
  return shown.length === 0 ? card.picture : `${card.picture}: ${shown.join(", ")}`;
}

/** The same message, showing the picture that goes along with it as `files[0]`, in place of any that it had. */
export function withPicture(body: unknown, { card }: Words): unknown {
  const parsed = v.safeParse(embedded, body);
  if (!parsed.success) return body;
  const [first, ...rest] = parsed.output.embeds;
  return {
    ...parsed.output,
    embeds: [{ ...first, image: { url: `attachment://${pictureName}` } }, ...rest],
    attachments: [{ id: 0, filename: pictureName, description: clip(numbersIn(first.description, card), 1000) }],
  };
}

const keeping = v.looseObject({
  embeds: v.tupleWithRest([v.looseObject({})], v.unknown()),
  attachments: v.tuple([v.object({ id: v.string() })]),
});

/** The same message as an edit that keeps the picture which the message has. */
export function keepPicture(body: unknown, id: string): unknown {
  const parsed = v.safeParse(embedded, body);
  if (!parsed.success) return body;
  const [first, ...rest] = parsed.output.embeds;
  const image = { url: `attachment://${pictureName}` };
  return { ...parsed.output, embeds: [{ ...first, image }, ...rest], attachments: [{ id }] };
}

/** The id of the picture that an edit keeps; null for none. */
export function keptPicture(body: unknown): string | null {
  const parsed = v.safeParse(keeping, body);
  return parsed.success ? parsed.output.attachments[0].id : null;
}

/** A message that keeps no picture: a new one has none that could be kept. */
export function withoutKeptPicture(body: unknown): unknown {
  const parsed = v.safeParse(keeping, body);
  if (!parsed.success) return body;
  const { attachments: _kept, embeds, ...others } = parsed.output;
  const [{ image: _image, ...first }, ...rest] = embeds;
  return { ...others, embeds: [first, ...rest] };
}
