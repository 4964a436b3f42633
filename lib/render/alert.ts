import { headline, sentence } from "../alertText.ts";
import type { Transition } from "../alert.ts";
import type { Event } from "../events.ts";
import { printable } from "../format.ts";
import { clip, discordLimits, usernameFrom } from "./discordLimits.ts";
import type { DiscordMessage } from "./discordMessage.ts";
import { escapeMarkdown } from "./discordText.ts";

/** All that is to be announced of one run. */
export interface Announcement {
  /** The machine's name. */
  readonly name: string;
  readonly nowMs: number;
  readonly transitions: readonly Transition[];
  readonly events: readonly Event[];
  /** Why: the processes that use most, how fast a disk fills. */
  readonly reasons: readonly string[];
}

/** Whom to mention when something is critical; ids, as the settings have them. */
export interface Mention {
  readonly mention_role?: string | undefined;
  readonly mention_user?: string | undefined;
}

const looks = {
  critical: { sign: "🔴", color: 0xe7_4c_3c },
  warning: { sign: "🟡", color: 0xf1_c4_0f },
  recovered: { sign: "🟢", color: 0x2e_cc_71 },
  notice: { sign: "🔵", color: 0x34_98_db },
} as const;

/** One loud message for all that changed in a run, the worst first. Always within Discord's limits. */
export function renderAlert(announcement: Announcement, mention: Mention): DiscordMessage {
  const { name, nowMs, transitions, events, reasons } = announcement;
  const look = lookOf(announcement);
  const headlines = [
    ...transitions.map(headline),
    ...events.map(({ text }) => text.replace(/\{\d+\}/g, "").replace(/:.*/, "")),
  ];
  const title = escapeMarkdown(printable(`${look.sign} ${name}: ${headlines.join(", ")}`));
  const lines = [
    ...transitions.map((transition) => `${signOf(transition)} ${escape(sentence(transition))}`),
    ...events.map(({ severity, text }) => `${looks[severity].sign} ${withTimes(escape(text))}`),
    ...reasons.map((reason) => `-# ${escape(reason)}`),
  ];
  const username = usernameFrom(printable(name));
  const isCritical = look === looks.critical;
  return {
    ...(username === null ? {} : { username }),
    ...(isCritical ? mentionIn(mention) : { allowed_mentions: { parse: [] } }),
    embeds: [
      {
        title: clip(title, discordLimits.title),
        description: clip(lines.join("\n"), discordLimits.description),
        color: look.color,
        fields: [],
        timestamp: new Date(nowMs).toISOString(),
      },
    ],
  };
}

const escape = (text: string) => escapeMarkdown(printable(text));

/** `{1790000000000}` becomes a time that Discord shows in the reader's own zone. */
const withTimes = (text: string) =>
  text.replace(/\{(\d+)\}/g, (_, ms: string) => `<t:${Math.floor(Number(ms) / 1000)}:f>`);

function lookOf({ transitions, events }: Announcement) {
  const severities = new Set([
    ...transitions.map(({ to }) => to ?? "recovered"),
    ...events.map(({ severity }) => severity),
  ]);
  const worst = (["critical", "warning", "recovered", "notice"] as const).find((severity) => severities.has(severity));
  return looks[worst ?? "notice"];
}

const signOf = ({ to }: Transition) => looks[to ?? "recovered"].sign;

function mentionIn({ mention_role: role, mention_user: user }: Mention) {
  const content = [role === undefined ? "" : `<@&${role}>`, user === undefined ? "" : `<@${user}>`].join(" ").trim();
  const roles = role === undefined ? {} : { roles: [role] };
  const users = user === undefined ? {} : { users: [user] };
  return { ...(content === "" ? {} : { content }), allowed_mentions: { parse: [], ...roles, ...users } } as const;
}
