import type { Severity } from "../../model/rule.ts";
import { alerts } from "./alerts.ts";
import { numbers } from "./numbers.ts";

const { count, duration } = numbers;

/** `Services` becomes `services`; `CPU` and `ZFS pools` stay. */
const inSentence = (title: string): string =>
  /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;

/** The card and its report. */
export const report = {
  unnamedMachine: "unnamed machine",
  verdict: { ok: "all well", unknown: "nothing could be read" },
  /** The title of a card: machine, severity, headline. */
  title: (name: string, severity: Severity | null, headline: string): string =>
    `${name} — ${severity === null ? "" : `${alerts.severity[severity]}: `}${headline}`,
  headlines: numbers.list,
  /** There is no alert, but something is worth a word. */
  noAlerts: (news: readonly string[]): string =>
    ["no alerts", ...news.slice(0, 2), ...(news.length > 2 ? [`+${news.length - 2} more`] : [])].join(" · "),
  news: (label: string, line: string): string => (line === "" ? label : `${label}: ${line}`),
  muted: (alertsMuted: number): string => `${alertsMuted} muted`,
  unread: (title: string): string => `${inSentence(title)} could not be read`,
  program: (version: string): string => `server-metrics ${version}`,
};

/** What somebody muted, on a card and in a list. */
export const mute = {
  row: (what: string, until: string | null, why: string | null): string =>
    `muted until ${until ?? "over"}: ${what}${why === null ? "" : ` (${why})`}`,
  everything: "everything",
  over: "over",
  /** The list of what is muted. */
  count: (targets: number): string => (targets === 0 ? "nothing is muted" : `${targets} muted`),
  howToEnd: "end it: server-metrics unmute TARGET",
  held: (targets: number): string => `held back: ${targets}`,
  heldList: (targets: readonly string[]): string => `began and ended meanwhile: ${numbers.list(targets)}`,
};

/** The card in Discord; `when` is a time as Discord shows it. */
export const card = {
  next: (when: string): string => `next report ${when}`,
  more: { label: "And", line: (rows: number): string => `+${rows} more, see server-metrics show` },
  up: (seconds: number): string => `up ${duration(seconds)}`,
  picture: "CPU, memory, disk and network over the last 24 hours",
  repeat: "may be a duplicate",
  withoutPicture: (reason: string): string => `without its chart (${reason})`,
  withoutName: (reason: string): string => `without its name (${reason})`,
  refused: (reason: string): string => `The whole message was refused: ${reason}`,
};

/** The last 24 hours of a number; `when` is a time as the medium writes it. */
export const trend = {
  hours: (line: string, hours: number): string => `${line} ${hours} h`,
  fullIn: (hours: number): string =>
    `full in ~${hours < 48 ? `${Math.max(1, Math.round(hours))} h` : `${Math.round(hours / 24)} d`}`,
  change: (signedBytes: string): string => `${signedBytes} in 24 h`,
  peak: (value: string, when: string): string => `peak ${value} at ${when}`,
  low: (value: string, when: string): string => `low ${value} at ${when}`,
};

const over = (alertsInAll: number, open: number): string =>
  open === 0 ? "over" : open === alertsInAll ? "not over" : `${open} not over`;

/** The digest of a day. */
export const day = {
  title: (name: string, summary: string): string => `📅 ${name} — the last 24 hours: ${summary}`,
  alerts: (alertsInAll: number, open: number): string => `${count.alerts(alertsInAll)}, ${over(alertsInAll, open)}`,
  open: (text: string, severity: Severity, since: string, seconds: number): string =>
    `${text}: ${alerts.severity[severity]}, since ${since}, for ${duration(seconds)}`,
  past: (text: string, severity: Severity, from: string, to: string, seconds: number): string =>
    `${text}: ${alerts.severity[severity]}, ${from} to ${to}, ${duration(seconds)}`,
  average: (value: string): string => `${value} on average`,
  range: (least: string, most: string): string => `${least} to ${most}`,
  highest: (when: string): string => `highest at ${when}`,
  flat: (value: string): string => `${value} all the time`,
  footer: (runs: number, version: string): string => `${count.runs(runs)} · ${report.program(version)}`,
  more: (numbersLeftOut: number): string => `+${numbersLeftOut} more numbers, see server-metrics history`,
};

/** The message in place of reports that could not be sent. */
export const late = {
  title: (name: string, reports: number): string => `⏳ ${name} — ${reports} reports, late`,
  when: (from: string, to: string): string => `Measured from ${from} to ${to}, not delivered then.`,
  perhaps: (reports: number): string => `${reports} of them may have arrived already.`,
  dropped: (reports: number): string => `${reports} older reports did not fit into the outbox and are gone.`,
};

/** About the reporting itself. */
export const note = {
  ephemeral: (reason: string): string => `Nothing is remembered between reports: ${reason}`,
  damaged: (saved: number): string =>
    `The state file was damaged and is begun afresh${saved === 0 ? "" : `; ${count.unsentMessages(saved)} could be saved`}`,
  foreign: (file: string): string =>
    `The state in ${file} belongs to another machine: what waited there was taken over, and this one keeps its own beside it`,
  refused: (messages: number, reason: string): string =>
    `${count.messages(messages)} refused for good, see server-metrics outbox: ${reason}`,
  heartbeat: (reason: string): string => `The heartbeat was not taken: ${reason}`,
  export: (target: string, reason: string): string => `Export to ${target}: ${reason}`,
};
