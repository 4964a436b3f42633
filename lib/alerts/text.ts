import type { Labels } from "../model/observation.ts";
import { type Rule, shownAs } from "../model/rule.ts";
import { roundBeside } from "../words/digits.ts";
import type { Words } from "../words/en.ts";
import type { RuleWords } from "../words/en/rules.ts";
import type { Alert, Transition } from "./alert.ts";
import type { Event } from "./events.ts";
import { type RuleName, rules } from "./rules.ts";

type Judged = Pick<Alert, "rule" | "labels" | "value">;

/** An alert in a headline: `disk / 96 % full`, `memory 97 %`. */
export function summarize({ rule, labels, value }: Judged, words: Words): string {
  return words.rules[rule].bad(labels, formatValue(value, rule, labels, words));
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

/** A transition in the fewest words: `disk / 96 % full`, `disk / back to 41 %`. */
export function headline(transition: Transition, words: Words): string {
  const forms = words.alert.headline;
  const bad = summarize(transition, words);
  switch (transition.kind) {
    case "raised":
    case "worse":
      return forms.raised(bad, transition.threshold === null ? reasonOf(transition, words) : null);
    case "better":
      return forms.better(bad);
    case "reminder":
      return forms.reminder(bad, lasted(transition));
    case "flapping":
      return forms.flapping(bad);
    case "longer":
      return forms.longer(bad, lasted(transition));
    case "recovered":
      return summarizeRecovery(transition, words);
  }
}

/** What happened, in one sentence: `disk / 96 % full: critical, was warning, limit 95 %, for 20 min`. */
export function sentence(transition: Transition, words: Words): string {
  const { kind, to, from, onAndOff = false } = transition;
  const forms = words.alert.sentence;
  const seconds = lasted(transition);
  if (kind === "recovered" || to === null) {
    return forms.recovered(summarizeRecovery(transition, words), from, seconds, onAndOff);
  }
  const [bad, crossed] = [summarize(transition, words), crossedBy(transition, words)];
  switch (kind) {
    case "raised":
      return forms.raised(bad, to, crossed) + againIn(transition, words);
    case "worse":
    case "better":
      return forms.changed(bad, to, from, crossed, seconds, onAndOff);
    case "reminder":
      return forms.reminder(bad, to, crossed, seconds);
    case "flapping":
      return forms.flapping(bad, to, crossed) + againIn(transition, words);
    case "longer":
      return forms.longer(bad, to, crossed, seconds);
  }
}

/** The count and length of earlier times, and how long it stays quiet; empty the first time. */
function againIn({ again }: Transition, { alert }: Words): string {
  return again === undefined ? "" : alert.again(again.count, again.usualMs / 1000, again.expectedMs / 1000);
}

/** The line that was crossed, or the words in its place; null for a state. */
function crossedBy({ rule, labels, threshold, isOverThere = false }: Transition, words: Words): string | null {
  const { notation }: Rule = rules[rule];
  if (notation === "state") return null;
  if (threshold === null) return reasonOf({ rule }, words);
  const { clearThreshold, threshold: limit } = words.alert;
  return (isOverThere ? clearThreshold : limit)(formatValue(threshold, rule, labels, words));
}

function reasonOf({ rule }: Pick<Transition, "rule">, words: Words): string | null {
  const own: RuleWords = words.rules[rule];
  return own.reason ?? null;
}

/** In seconds. */
const lasted = ({ sinceMs, untilMs }: Transition) => (untilMs - sinceMs) / 1000;

/** A forecast is not known to the minute. */
const roundHours = (hours: number) => (hours < 6 ? Math.round(hours * 6) / 6 : Math.round(hours));

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
      return words.percent(100 - value, thresholds);
    case "hours":
      return words.duration(roundHours(value) * 3600);
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

function detailsOf(event: Event, { event: forms }: Words, time: (ms: number) => string): readonly string[] {
  switch (event.kind) {
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
