import type { RuleName } from "../../alerts/rules.ts";
import { hourMs } from "../../clock.ts";
import { printable } from "../../format.ts";
import type { Announcement } from "../../report/explain.ts";
import { type Fact, type Line, tell } from "../told.ts";
import {
  authorFrom,
  clip,
  codeSpan,
  discordLimits,
  type DiscordMessage,
  discordTime,
  escapeHeadline,
  escapeMarkdown,
  lengthOf,
  looks,
  unbroken,
} from "./message.ts";

/** Whom to mention when something is critical; ids, as the settings have them. */
export interface Mention {
  readonly mention_role?: string | undefined;
  readonly mention_user?: string | undefined;
  /** When it is only said again, too. */
  readonly mention_reminders?: boolean | undefined;
  /** Not for what these rules say. */
  readonly withoutMention?: readonly RuleName[];
}

/**
 * One loud message for all that changed in a run. A phone's notification shows the content and nothing of an embed, so the
 * headline is the content, and the embed holds what the headline does not say. Always within Discord's limits.
 */
export function renderAlert(announcement: Announcement, mention: Mention): DiscordMessage {
  const { name, nowMs } = announcement;
  const { look, headline, lines } = tell(announcement, timeMark);
  const { sign, color } = looks[look];
  const author = authorFrom(name);
  return {
    ...author,
    ...mentionIn(isUrgent(announcement, mention) ? mention : {}, `${sign} ${unbroken(escapeHeadline(headline))}`),
    embeds: [
      {
        description: fitLines(
          lines.map((line) => lineText(line, nowMs)),
          discordLimits.description,
        ),
        color,
        fields: [],
        // No other place says which machine it is.
        ...(author.username === undefined ? { footer: { text: clip(printable(name), discordLimits.footer) } } : {}),
      },
    ],
  };
}

/** A path may have 4,095 bytes. */
const longestFact = 600;
/** What is cut is no command any more. */
const longestCommand = 300;

function lineText({ lead, facts, isSmall = false }: Line, nowMs: number): string {
  const begin = lead === undefined ? [] : [`${lead.sign} **${factText(lead.text, nowMs)}**`];
  const text = [...begin, ...facts.map((fact) => factText(fact, nowMs))].filter(Boolean).join(" · ");
  if (text === "") return "";
  return isSmall ? `-# ${text}` : lead === undefined ? text.replace(firstAmount, "**$&**") : text;
}

const firstAmount = /\+?\d[\d.]*(?:\u00A0\/\u00A0\d[\d.]*)?\u00A0(?:[KMGTPE]i?|k)?B(?!\w)/;

function factText(fact: Fact, nowMs: number): string {
  if (typeof fact === "string") return withTimes(unbroken(escapeMarkdown(clip(fact, longestFact))), nowMs);
  if (lengthOf(fact.command) > longestCommand) return "";
  return [...(fact.label === null ? [] : [`${fact.label}:`]), codeSpan(fact.command)].join(" ");
}

/** As many whole lines as fit. */
function fitLines(lines: readonly string[], limit: number): string {
  let room = limit;
  return lines.filter((line) => line !== "" && (room -= lengthOf(line) + 1) >= 0).join("\n");
}

/** A time in a text that is still to be escaped. */
const timeMark = (ms: number) => `\uE000${Math.round(ms)}\uE000`;

/** Each of them as Discord shows it, in the reader's own zone, and with its day when that is another one. */
const withTimes = (text: string, nowMs: number) =>
  text.replace(/\uE000(\d+)\uE000/g, (_, ms: string) =>
    discordTime(Number(ms), Math.abs(nowMs - Number(ms)) < 12 * hourMs ? "t" : "f"),
  );

/** Whether something critical is news: who was called once need not be called each time that it is said again. */
function isUrgent(
  { transitions, events }: Announcement,
  { mention_reminders: always = false, withoutMention = [] }: Mention,
): boolean {
  const isNews = transitions.some(
    ({ rule, to, kind }) => to === "critical" && (always || kind !== "reminder") && !withoutMention.includes(rule),
  );
  return isNews || events.some(({ severity }) => severity === "critical");
}

/** The mention is last, because a lock screen shows its number. */
function mentionIn({ mention_role: role, mention_user: user }: Mention, headline: string) {
  const names = [...(role === undefined ? [] : [`<@&${role}>`]), ...(user === undefined ? [] : [`<@${user}>`])];
  const roles = role === undefined ? {} : { roles: [role] };
  const users = user === undefined ? {} : { users: [user] };
  const content = clip([headline, ...names].join(" "), discordLimits.content);
  return { content, allowed_mentions: { parse: [], ...roles, ...users } } as const;
}
