import { printable } from "../../format.ts";

/** A field of an embed. */
export interface EmbedField {
  readonly name: string;
  readonly value: string;
  readonly inline: boolean;
}

/** An embed, as far as this program uses it. Source: Discord's documentation of messages, "Embed Object". */
export interface Embed {
  readonly title?: string;
  readonly description?: string;
  readonly color?: number;
  readonly fields?: readonly EmbedField[];
  readonly footer?: { readonly text: string };
  /** RFC 3339. */
  readonly timestamp?: string;
}

/** The body of "Execute Webhook". */
export interface DiscordMessage {
  readonly username?: string;
  /** The only place from which a mention pings. */
  readonly content?: string;
  readonly embeds: readonly Embed[];
  /** Whom `content` may ping; without it, everybody it names. */
  readonly allowed_mentions?: {
    readonly parse: readonly [];
    readonly roles?: readonly string[];
    readonly users?: readonly string[];
  };
  /** 4096 delivers without a notification. */
  readonly flags?: number;
}

/**
 * Discord's limits for a message, in code points after trimming. Source: Discord's documentation of webhooks and of
 * embed limits; the sum is not in its published schema.
 */
export const discordLimits = {
  username: 80,
  content: 2000,
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  footer: 2048,
  /** Over all texts of all embeds. */
  total: 6000,
} as const;

/** Length as Discord counts it. */
export function lengthOf(text: string): number {
  return Array.from(text.trim()).length;
}

/** At most `limit` code points, the last one an ellipsis if something was cut. */
export function clip(text: string, limit: number): string {
  const points = Array.from(text.trim());
  return points.length <= limit
    ? points.join("")
    : `${points
        .slice(0, limit - 1)
        .join("")
        .trimEnd()}…`;
}

/**
 * The machine's name as the author of a message: never empty, reserved, or with Discord's own names in it. Nothing where
 * nothing of it may stay, so that the webhook's own name shows.
 */
export function authorFrom(name: string): { readonly username?: string } {
  const tamed = printable(name)
    .replace(/(dis)(cord)|(cly)(de)/gi, "$1$3-$2$4")
    .trim();
  return tamed === "" || /^(everyone|here)$/i.test(tamed) ? {} : { username: clip(tamed, discordLimits.username) };
}

/** Sign and colour of each state in Discord; the shape of the sign tells it without the colour. The worst first. */
export const looks = {
  critical: { sign: "🟥", color: 0xe7_4c_3c },
  warning: { sign: "⚠️", color: 0xf1_c4_0f },
  unknown: { sign: "❓", color: 0x95_a5_a6 },
  muted: { sign: "🔕", color: 0x34_98_db },
  well: { sign: "🟢", color: 0x2e_cc_71 },
  notice: { sign: "🔵", color: 0x34_98_db },
} as const;

/**
 * Text from the machine, made safe for a place where Discord renders markdown: names of hosts, mounts and units may hold
 * anything. Mentions never ping from an embed, but `@everyone` would still look like one.
 */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[\\*_~`|<>[\]]/g, "\\$&")
    .replace(/^(\s*)(-?#{1,3}|[-+]|\d+\.)(?=\s)/gm, "$1\\$2")
    .replace(/@(?=everyone|here)/gi, "@\u200B")
    .replace(/:\/\//g, ":\u200B//");
}

/** The same for a text that a lock screen shows as it is: only what Discord would take for markdown is escaped. */
export function escapeHeadline(text: string): string {
  return printable(text)
    .replace(/[\\*`[]|~(?=~)|\|(?=\|)|(?<!\w)_|_(?!\w)|_(?=_)/g, "\\$&")
    .replace(/@(?=everyone|here)/gi, "@\u200B")
    .replace(/<(?=[@#:/\w])/g, "<\u200B")
    .replace(/:\/\//g, ":\u200B//");
}

/** Text in a code span: it cannot hold a backtick. */
export const codeSpan = (text: string): string => `\`${printable(text).replaceAll("`", "'")}\``;

/** The same text, whose numbers stay in one line with their units, and with the whole that they are a part of. */
export const unbroken = (text: string): string =>
  text.replace(/(?<=\d) (?=(?:%|°C|[KMGTPE]?i?B|min|h|d|s|days?)(?![\p{L}\d])|\/ \d)|(?<=\d \/) (?=\d)/gu, "\u00A0");

/** The name at the begin of a line, in bold. */
export const nameIn = (name: string, longest: number): string => `**${escapeMarkdown(clip(name, longest)) || "–"}**`;

/** A line in small type. */
export const small = (text: string): string => `-# ${unbroken(text)}`;

/** A time that Discord shows in the reader's own zone; `f` with its date, `t` without, `R` counted from now. */
export function discordTime(ms: number, style: "f" | "t" | "R"): string {
  return `<t:${Math.floor(ms / 1000)}:${style}>`;
}
