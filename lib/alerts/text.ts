import type { Labels } from "../model/observation.ts";
import { type Rule, shownAs, toldAs } from "../model/rule.ts";
import { roundBeside } from "../words/digits.ts";
import { measuredText } from "../probe/measured.ts";
import type { Words } from "../words/en.ts";
import type { RuleWords } from "../words/en/rules.ts";
import type { Alert, Transition } from "./alert.ts";
import type { Event } from "./events.ts";
import { type RuleName, rules } from "./rules.ts";

type Judged = Pick<Alert, "rule" | "labels" | "value">;

/** An alert in the fewest words: `disk / 96 % full`. `problem` is what was found of a yes/no state. */
export function summarize({ rule, labels, value }: Judged, words: Words, problem = ""): string {
  return words.rules[rule].bad(labels, formatValue(value, rule, labels, words) || problem);
}

function summarizeRecovery({ rule, labels, value }: Judged, words: Words): string {
  return words.rules[rule].over(labels, formatValue(value, rule, labels, words));
}

/** An alert on a card, which may be of an earlier run: `disk /srv 97 % full (last seen 3 h ago)`. */
export function summarizeNow(alert: Alert, nowMs: number, words: Words): string {
  const { easing, lastSeenMs } = alert;
  // "critical: disk / 71 % full" would be nonsense; the contrary is true by now.
  if (easing) return words.alert.active.easing(summarizeRecovery(alert, words));
  const bad = summarize(alert, words);
  return lastSeenMs === null ? bad : words.alert.active.lastSeen(bad, (nowMs - lastSeenMs) / 1000);
}

/** What a transition is about, and what of it is so: `disk / 96 % full`, `disk / back to 41 %`. */
export function subject(transition: Transition, words: Words, problem?: string): string {
  if (transition.to === null) return summarizeRecovery(transition, words);
  const bad = summarize(transition, words, problem);
  const reason = transition.threshold === null ? reasonOf(transition, words) : null;
  return reason === null ? bad : `${bad}, ${reason}`;
}

/** A transition as a phone shows it: `disk / 96 % full: now critical`. */
export function headline(transition: Transition, words: Words, problem?: string): string {
  const { kind, to, rule } = transition;
  const forms = words.alert.headline;
  const what = subject(transition, words, problem);
  if (kind === "recovered" || to === null) return forms.recovered(what, lasted(transition));
  // Its sign says that it is unknown how bad it is.
  if (rule === "unread") return what;
  switch (kind) {
    case "raised":
    case "worse":
      return kind === "raised" ? forms.raised(what, to) : forms.worse(what, to);
    case "better":
      return forms.better(what, to);
    case "flapping":
      return forms.flapping(what, to);
    case "reminder":
    case "longer":
      // "Expires in 13 days, for 1 day" would be odd.
      return forms.reminder(what, to, isTime(transition) ? null : lasted(transition));
  }
}

/** What became of one of several, in a row that begins with its subject; null where its sign says it. */
export function change(transition: Transition, { alert: { row } }: Words): string | null {
  const { kind, to } = transition;
  if (kind === "recovered" || to === null) return row.recovered(lasted(transition));
  switch (kind) {
    case "raised":
      return null;
    case "worse":
      return row.worse(to);
    case "better":
      return row.better;
    case "flapping":
      return row.flapping;
    case "reminder":
    case "longer":
      return isTime(transition) ? null : row.lasting(lasted(transition));
  }
}

const isTime = ({ rule }: Transition) => ["days", "hours"].includes(rules[rule].notation);

/** The limit that was crossed; null where there is none to tell, or the words have another reason. */
export function crossedBy({ rule, labels, threshold, isOverThere = false }: Transition, words: Words): string | null {
  const { notation }: Rule = rules[rule];
  if (threshold === null || ["state", "hours", "count"].includes(notation)) return null;
  const { clearThreshold, threshold: limit } = words.alert;
  return (isOverThere ? clearThreshold : limit)(formatValue(threshold, rule, labels, words));
}

function reasonOf({ rule }: Pick<Transition, "rule">, words: Words): string | null {
  const own: RuleWords = words.rules[rule];
  return own.reason ?? null;
}

/** In seconds. */
export const lasted = ({ sinceMs, untilMs }: Pick<Transition, "sinceMs" | "untilMs">): number =>
  (untilMs - sinceMs) / 1000;

/** A number in its rule's notation. */
export function formatValue(value: number, name: RuleName, labels: Labels, words: Words): string {
  const rule: Rule = rules[name];
  const thresholds = words.thresholdsOf(shownAs(rule), labels);
  switch (rule.notation) {
    case "percent":
      return words.percent(value, thresholds);
    case "percentUp":
      return words.percentUp(value, thresholds);
    case "percentFree":
      return words.percent(toldAs(rule, value), thresholds);
    case "hours":
      return words.roughly(value * 3600);
    case "days":
      return words.timeLeft(value, thresholds);
    case "celsius":
      return words.degrees(value, thresholds);
    case "ratio":
      return roundBeside(value, value < 9.995 ? 2 : 1, thresholds);
    case "seconds":
      return words.duration(value);
    case "count":
      return String(value);
    case "state":
      return "";
    case "own":
      return measuredText(value, labels["uom"], thresholds, words);
  }
}

/** An event in the fewest words: `rebooted`. */
export function eventNews(event: Event, words: Words): string {
  const news = newsOf(event, words);
  return event.repeated === undefined ? news : words.event.inARow(news, event.repeated.count);
}

function newsOf(event: Event, words: Words): string {
  const { event: forms } = words;
  switch (event.kind) {
    case "rebooted":
      return forms.rebooted(event.fromMs === null ? null : (event.toMs - event.fromMs) / 1000);
    case "silent":
      return forms.silent(event.seconds);
    case "clock":
      return forms.clock(event.seconds);
    case "killed":
      return forms.killed(event.count);
    case "gone":
      return forms.gone(event.arrays, event.pools);
    case "letGo":
      return forms.letGo(event.targets.map((target) => summarize(target, words)));
    case "changed":
      return words.changes.news(event.change);
  }
}

/** More of an event, with each time as `time` writes it. */
export function eventDetails(event: Event, words: Words, time: (ms: number) => string): readonly string[] {
  const { repeated } = event;
  const details = detailsOf(event, words, time);
  if (repeated === undefined) return details;
  const until = repeated.againMs === null ? null : time(repeated.againMs);
  return [...details, words.event.quiet(repeated.quietHours, until)];
}

function detailsOf(event: Event, { event: forms, changes }: Words, time: (ms: number) => string): readonly string[] {
  switch (event.kind) {
    case "changed":
      return [changes.detail(event.change), changes.hint].filter(Boolean);
    case "rebooted":
      if (event.fromMs === null) return [forms.downUntil(time(event.toMs))];
      return [forms.downBetween(time(event.fromMs), time(event.toMs))];
    case "silent":
      return [forms.silentBetween(time(event.fromMs), time(event.toMs))];
    case "clock":
    case "killed":
    case "gone":
    case "letGo":
      return [];
  }
}
