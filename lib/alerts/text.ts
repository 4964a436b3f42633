import { degrees, duration, percent, percentUp, significant } from "../format.ts";
import { fillIn } from "../model/observation.ts";
import type { Rule, Told } from "../model/rule.ts";
import type { Alert, Transition } from "./alert.ts";
import { rules } from "./rules.ts";

/** An alert in a headline: `disk / 96 % full`, `memory 97 %`. */
export function summarize({ rule, labels, value }: Pick<Alert, "rule" | "labels" | "value">): string {
  const { subject, told }: Rule = rules[rule];
  return fillIn(subject, { ...labels, value: tell(value, told) });
}

/** An alert on a card, which may be of an earlier run: `disk /srv 97 % full (last seen 3 h ago)`. */
export function summarizeNow(alert: Alert, nowMs: number): string {
  const { easing, lastSeenMs } = alert;
  // "critical: disk / 71 % full" would be nonsense; the contrary is true by now.
  if (easing) return `${summarizeRecovery(alert)} (if it lasts)`;
  const age = lastSeenMs === null ? "" : ` (last seen ${duration((nowMs - lastSeenMs) / 1000)} ago)`;
  return summarize(alert) + age;
}

/** What happened, in the fewest words: `disk / 96 % full`, `disk / back to 41 %`. */
export function headline(transition: Transition): string {
  const { because }: Rule = rules[transition.rule];
  switch (transition.kind) {
    case "raised":
    case "worse":
      return [summarize(transition), ...(transition.line === null && because !== undefined ? [because] : [])].join(
        ", ",
      );
    case "better":
      return `${summarize(transition)}, no longer critical`;
    case "reminder":
      return `${summarize(transition)}, for ${lasted(transition)} now`;
    case "flapping":
      return `${summarize(transition)}, on and off`;
    case "recovered":
      return summarizeRecovery(transition);
  }
}

/** What happened, in one sentence: `disk / 96 % full: critical, was warning, line 95 %, for 20 min`. */
export function sentence(transition: Transition): string {
  const { kind, rule, to, from, line } = transition;
  const what = kind === "recovered" ? summarizeRecovery(transition) : summarize(transition);
  const { told, because }: Rule = rules[rule];
  const why = line === null ? because : `line ${tell(line, told)}`;
  const crossed = told === "state" || why === undefined ? "" : `, ${why}`;
  switch (kind) {
    case "raised":
      return `${what}: ${to}${crossed}`;
    case "worse":
    case "better":
      return `${what}: ${to}, was ${from}${crossed}, ${lasting("for", transition)}`;
    case "reminder":
      return `${what}: still ${to}${crossed}, for ${lasted(transition)}`;
    case "recovered":
      return `${what}: was ${from}, ${lasting("lasted", transition)}`;
    case "flapping":
      return `${what}: ${to}${crossed}, comes and goes; quiet from now on until it is stable`;
  }
}

const lasting = (word: string, transition: Transition) =>
  `${transition.onAndOff ? "on and off for" : word} ${lasted(transition)}`;
const lasted = ({ sinceMs, untilMs }: Transition) => duration((untilMs - sinceMs) / 1000);

function summarizeRecovery({ rule, labels, value }: Pick<Alert, "rule" | "labels" | "value">): string {
  const { over, told }: Rule = rules[rule];
  return fillIn(over, { ...labels, value: tell(value, told) });
}

/** A number as its rule tells it. */
export function tell(value: number, told: Told): string {
  switch (told) {
    case "percent":
      return percent(value);
    case "percentUp":
      return percentUp(value);
    case "percentFree":
      return percent(100 - value);
    case "hours":
      // A forecast is not known to the minute.
      return duration(value < 6 ? Math.round(value * 6) * 600 : Math.round(value) * 3600);
    case "days":
      return value <= 0 ? "no time" : duration(value * 86_400);
    case "celsius":
      return degrees(value);
    case "ratio":
      return significant(value);
    case "seconds":
      return duration(value);
    case "state":
      return "";
  }
}
