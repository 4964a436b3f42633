import type { Severity } from "../../model/rule.ts";
import { alerts } from "./alerts.ts";
import { numbers } from "./numbers.ts";

const { count, duration } = numbers;

/** `Services` becomes `services`; `CPU` and `ZFS pools` stay. */
const inSentence = (title: string): string =>
  /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;

/** The card and its report. */
export const report = {
  unnamedMachine: "unnamed server",
  verdict: { ok: "all well", unknown: "nothing could be read" },
  /** The title of a card: machine, severity, headline. */
  title: (name: string, severity: Severity | null, headline: string): string =>
    `${name} — ${severity === null ? "" : `${alerts.severity[severity]}: `}${headline}`,
  headlines: numbers.list,
  /** There is no alert, but something is worth a word. */
  noAlerts: (news: readonly string[]): string =>
    ["no alerts", ...news.slice(0, 2), ...(news.length > 2 ? [`${news.length - 2} more`] : [])].join(" · "),
  news: (label: string, line: string): string => (line === "" ? label : `${label}: ${line}`),
  muted: (alertsMuted: number): string => `${alertsMuted} muted`,
  unread: (title: string): string => `${inSentence(title)} could not be read`,
  program: "server-metrics",
};

/** What somebody muted, on a card and in a list. */
export const mute = {
  until: (until: string | null): string => `muted until ${until ?? "it is over"}`,
  row: (what: string, until: string | null, why: string | null): string =>
    `muted until ${until ?? "it is over"}: ${what}${why === null ? "" : ` (${why})`}`,
  everything: "everything",
  over: "it is over",
  /** The list of what is muted. */
  count: (targets: number): string => (targets === 0 ? "nothing is muted" : `${targets} muted`),
  howToEnd: "end it: server-metrics unmute TARGET",
  held: (targets: number): string => `${targets} came and went while muted`,
  heldList: (targets: readonly string[]): string => `already over: ${numbers.list(targets)}`,
};

/** The card in Discord; `when` is a time as Discord shows it. */
export const card = {
  /** The first word of a title; a sign stands before it. */
  verdict: { ok: "All well", critical: "Critical", warning: "Warning", unknown: "Unknown" },
  title: (verdict: string, what: string): string => `${verdict}: ${what}`,
  /** Behind a sparkline. */
  course: (name: string, hours: number): string => `${name} ${hours} h`,
  alsoWell: (things: readonly string[]): string => `also well: ${numbers.list(things)}`,
  disks: (disks: number, most: string | null): string =>
    `${count.disks(disks)}${most === null ? "" : ` (at most ${most})`}`,
  next: (when: string): string => `next report ${when}`,
  more: (rows: number): string => `${rows} more, see server-metrics show`,
  up: (seconds: number): string => `up ${seconds < 86_400 ? duration(seconds) : `${Math.floor(seconds / 86_400)} d`}`,
  picture: "CPU, memory and disk over the last 24 hours",
  repeat: "may be a duplicate",
  withoutPicture: (reason: string): string => `chart left out (${reason})`,
  withoutName: (reason: string): string => `name left out (${reason})`,
  refused: (reason: string): string => `Discord refused the full message: ${reason}`,
};

/** The last 24 hours of a number; `when` is a time as the medium writes it. */
export const trend = {
  fullIn: (hours: number): string =>
    `full in about ${hours < 48 ? `${Math.max(1, Math.round(hours))} h` : count.days(Math.round(hours / 24))}`,
  change: (signedBytes: string): string => `${signedBytes} in 24 h`,
  peak: (value: string, when: string): string => `peak ${value} at ${when}`,
  low: (value: string, when: string): string => `low ${value} at ${when}`,
};

const over = (alertsInAll: number, open: number): string => {
  if (open > 0 && open < alertsInAll) return `${open} ongoing`;
  return `${alertsInAll > 1 ? "all " : ""}${open === 0 ? "over" : "ongoing"}`;
};

/** The digest of a day; `from`, `to` and `since` are times as Discord shows them. */
export const day = {
  title: (summary: string): string => `24 h: ${summary}`,
  alerts: (alertsInAll: number, open: number): string => `${count.alerts(alertsInAll)}, ${over(alertsInAll, open)}`,
  open: (text: string, since: string, seconds: number): string => `since ${since} ${text}, for ${duration(seconds)}`,
  past: (text: string, from: string, to: string, seconds: number): string =>
    `${from}–${to} ${text}, ${duration(seconds)}`,
  range: numbers.range,
  footer: (runs: number, gaps: number, seconds: number): string =>
    count.runs(runs) + (gaps === 0 ? "" : `, ${count.gaps(gaps)} of ${duration(seconds)}${gaps > 1 ? " in all" : ""}`),
  more: (numbersLeftOut: number): string => `${numbersLeftOut} more, see server-metrics history`,
};

/** The review of a week. */
export const week = {
  days: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
  title: (days: number, well: number): string =>
    days === well ? `${days} days without trouble` : `${days} days: ${well} without trouble`,
  strip: (squares: string, first: string, last: string): string => `${squares} ${first} to ${last}`,
  open: (since: string, text: string, seconds: number): string => `since ${since} ${text}, for ${duration(seconds)}`,
  past: (on: string, text: string, seconds: number): string => `${on} ${text}, ${duration(seconds)}`,
  none: (on: string): string => `${on} nothing measured`,
  up: (seconds: number): string => `up ${duration(seconds)} without a reboot`,
  alerts: (inAll: number, seconds: number): string =>
    `${count.alerts(inAll)}, ${duration(seconds)}${inAll > 1 ? " in all" : ""}`,
};

/** The message in place of reports that could not be sent. */
export const late = {
  title: (reports: number): string => `${reports} late ${reports === 1 ? "report" : "reports"}`,
  when: (from: string, to: string): string => `Measured from ${from} to ${to}, but could not be sent then.`,
  perhaps: (reports: number): string => `${reports} of these may have arrived already.`,
  dropped: (reports: number): string =>
    `${reports} older ${reports === 1 ? "report was" : "reports were"} dropped: the outbox was full.`,
};

/** About the reporting itself. */
export const note = {
  ephemeral: (reason: string): string => `No history is kept: ${reason}`,
  damaged: (saved: number): string =>
    `The state file was damaged; a new one was started${saved === 0 ? "" : ` (${count.unsentMessages(saved)} saved)`}`,
  foreign: (file: string): string =>
    `The state in ${file} belongs to another machine: its unsent messages were taken over, and this machine keeps its own state next to it`,
  refused: (messages: number, reason: string): string =>
    `${count.messages(messages)} refused for good, see server-metrics outbox: ${reason}`,
  heartbeat: (reason: string): string => `The heartbeat failed: ${reason}`,
  export: (target: string, reason: string): string => `Export to ${target} failed: ${reason}`,
};
