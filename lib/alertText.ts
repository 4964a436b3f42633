import type { Alert, Transition } from "./alert.ts";
import { degrees, duration, percentUp, significant } from "./format.ts";
import type { Labels } from "./labels.ts";
import type { Rule, Told } from "./rule.ts";
import { type RuleName, rules } from "./rules.ts";

/** An alert in a headline: `disk / 96 %`, `memory 97 %`. */
export function summarize({ rule, labels, value }: Pick<Alert, "rule" | "labels" | "value">): string {
  const { subject, told }: Rule = rules[rule];
  return fill(subject, { ...labels, value: tell(value, told) });
}

/** What happened, in the fewest words: `disk / 96 %`, `disk / over`. */
export function headline(transition: Transition): string {
  switch (transition.kind) {
    case "raised":
    case "worse":
    case "better":
      return summarize(transition);
    case "reminder":
      return `still ${summarize(transition)}`;
    case "flapping":
      return `${summarize(transition)}, back and forth`;
    case "recovered":
      return `${summarizeRecovery(transition)}, over`;
  }
}

/** What happened, in one sentence: `disk / 96 %: critical, was warning, line 95 %, for 20 min`. */
export function sentence(transition: Transition): string {
  const { kind, rule, to, from, line, sinceMs, untilMs } = transition;
  const what = kind === "recovered" ? summarizeRecovery(transition) : summarize(transition);
  const lasted = duration((untilMs - sinceMs) / 1000);
  const { told, because }: Rule = rules[rule];
  const why = line === null ? because : `line ${tell(line, told)}`;
  const crossed = told === "state" || why === undefined ? "" : `, ${why}`;
  switch (kind) {
    case "raised":
      return `${what}: ${to}${crossed}`;
    case "worse":
    case "better":
      return `${what}: ${to}, was ${from}${crossed}, for ${lasted}`;
    case "reminder":
      return `${what}: still ${to}${crossed}, for ${lasted}`;
    case "recovered":
      return `${what}: over, was ${from}, lasted ${lasted}`;
    case "flapping":
      return `${what}: goes back and forth; quiet until it is stable`;
  }
}

/** A state has no number, so what is over is told by what it was about. */
function summarizeRecovery(transition: Transition): string {
  const { rule, labels } = transition;
  const name: string | undefined = recoveries[rule];
  return name === undefined ? summarize(transition) : fill(name, labels);
}

const recoveries: Readonly<Partial<Record<RuleName, string>>> = {
  storage_read_only: "disk {mount} read-only",
  storage_full_soon: "disk {mount} filling up",
  storage_silent: "disk {mount} without an answer",
  containers: "unhealthy containers",
  service_down: "service {unit} down",
  service_not_enabled: "service {unit} not enabled",
  http_down: "{check} down",
  tcp_down: "{check} unreachable",
  certificate: "certificate of {check} about to end",
};

const fill = (text: string, labels: Labels) => text.replace(/\{(\w+)\}/g, (_, label: string) => labels[label] ?? "");

/** A number as its rule tells it. */
export function tell(value: number, told: Told): string {
  switch (told) {
    case "percent":
      return percentUp(value);
    case "percentFree":
      return percentUp(100 - value);
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
