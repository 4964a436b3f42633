import type { RuleName } from "../../alerts/rules.ts";
import { eventDetails, eventNews, headline, sentence } from "../../alerts/text.ts";
import { isoTime } from "../../format.ts";
import type { Announcement } from "../../report/explain.ts";
import type { Words } from "../../words/en.ts";
import {
  authorFrom,
  clip,
  discordLimits,
  type DiscordMessage,
  discordTime,
  escapeMarkdown,
  lengthOf,
  looks,
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

/** One loud message for all that changed in a run, the worst first. Always within Discord's limits. */
export function renderAlert(announcement: Announcement, mention: Mention): DiscordMessage {
  const { name, nowMs, reasons, words } = announcement;
  const look = lookOf(announcement);
  const news = newsOf(announcement);
  const title = `${look.sign} ${escapeMarkdown(titleOf(announcement, news))}`;
  const lines = [...news.map(({ line }) => line), ...reasons.map((reason) => `-# ${escapeMarkdown(reason)}`)];
  return {
    ...authorFrom(name),
    ...mentionIn(isUrgent(announcement, mention) ? mention : {}, title),
    embeds: [
      {
        title: clip(title, discordLimits.title),
        description: fitLines(lines, discordLimits.description, words),
        color: look.color,
        fields: [],
        timestamp: isoTime(nowMs),
      },
    ],
  };
}

/** A lock screen shows some forty characters: a long name must not take them all. */
const longestName = 32;
const longestHeadline = 80;
const headlinesShown = 4;

/** The worst of them, and how many more there are. */
function titleOf(
  { name, isFoundByUpdate = false, words: { alert } }: Announcement,
  news: readonly { readonly headline: string }[],
): string {
  const shown = news.slice(0, headlinesShown).map((one) => clip(one.headline, longestHeadline));
  const title = isFoundByUpdate ? alert.titleOfUpdate : alert.title;
  return title(clip(name, longestName), shown, news.length - shown.length);
}

/** The news of the alert, worst first: transitions and events alike. */
function newsOf({ transitions, events, held = [], words }: Announcement) {
  const changes = transitions.map((transition) => {
    const { sign } = looks[transition.to ?? "well"];
    return {
      sign,
      headline: headline(transition, words),
      line: `${sign} ${escapeMarkdown(sentence(transition, words))}`,
    };
  });
  const happened = events.map((event) => {
    const { sign } = looks[event.severity];
    const news = eventNews(event, words);
    const text = [news, eventDetails(event, words, timeMark).join("; ")].filter(Boolean).join(": ");
    return { sign, headline: news, line: `${sign} ${withTimes(escapeMarkdown(text))}` };
  });
  const line = `${looks.notice.sign} ${escapeMarkdown(words.mute.heldList(held))}`;
  const over = { sign: looks.notice.sign, headline: words.mute.held(held.length), line };
  const order = Object.values(looks).map(({ sign }): string => sign);
  return [...changes, ...happened, ...(held.length === 0 ? [] : [over])].toSorted(
    (one, other) => order.indexOf(one.sign) - order.indexOf(other.sign),
  );
}

/** A path may have 4,095 bytes. */
const longestLine = 1000;

/** As many whole lines as fit, and how many more there are. */
function fitLines(lines: readonly string[], limit: number, { alert }: Words): string {
  const whole = lines.map((line) => clip(line, longestLine));
  const lengths = whole.map((line) => lengthOf(line) + 1);
  const roomForCount = 20;
  let count = 0;
  for (let room = limit - roomForCount; count < lines.length && (lengths[count] ?? 0) <= room; count += 1)
    room -= lengths[count] ?? 0;
  const more = count === lines.length ? [] : [alert.moreLines(lines.length - count)];
  return [...whole.slice(0, count), ...more].join("\n");
}

/** A time in a text that is still to be escaped. */
const timeMark = (ms: number) => `{${Math.round(ms)}}`;

/** Each of them as Discord shows it, in the reader's own zone. */
const withTimes = (text: string) => text.replace(/\{(\d+)\}/g, (_, ms: string) => discordTime(Number(ms), "f"));

function lookOf({ transitions, events }: Announcement) {
  const severities = new Set([...transitions.map(({ to }) => to ?? "well"), ...events.map(({ severity }) => severity)]);
  const worst = (["critical", "warning", "well", "notice"] as const).find((severity) => severities.has(severity));
  return looks[worst ?? "notice"];
}

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

/** A phone shows the content on its lock screen, so the news stands beside the mention. */
function mentionIn({ mention_role: role, mention_user: user }: Mention, title: string) {
  const names = [...(role === undefined ? [] : [`<@&${role}>`]), ...(user === undefined ? [] : [`<@${user}>`])];
  const roles = role === undefined ? {} : { roles: [role] };
  const users = user === undefined ? {} : { users: [user] };
  const content = names.length === 0 ? {} : { content: clip([...names, title].join(" "), discordLimits.content) };
  return { ...content, allowed_mentions: { parse: [], ...roles, ...users } } as const;
}
