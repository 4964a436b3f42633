import type { ObservationName } from "../metrics/index.ts";
import type { Transition } from "./alert.ts";
import { type RuleName, ruleNames } from "./rules.ts";
import { type AlertStates, stateKey, type TargetState } from "./state.ts";

/** The rules that the version of the last run did not have. */
export function newRulesSince(knownRules: readonly string[] | null): readonly RuleName[] {
  const had: readonly string[] = knownRules ?? firstRules;
  return ruleNames.filter((name) => !had.includes(name));
}

/** 0.1.0 counted the unhealthy containers, and judged none by itself. */
export const countedThen: ObservationName = "containers_unhealthy";
const containersThen = stateKey("containers", { name: countedThen, labels: {} });

/** What 0.1.0 remembered of a rule that judges by other targets now; it stays until a look can tell what became of it. */
export const rememberedThen = (name: RuleName, states: AlertStates): TargetState | undefined =>
  name === "containers" ? states[containersThen] : undefined;

/** Ends the alert on containers that 0.1.0 kept. `count` is how many containers are bad now. Returns an end that was not told yet. */
export function endThen(
  states: Record<string, TargetState>,
  count: number | undefined,
  nowMs: number,
): readonly Transition[] {
  const then = states[containersThen];
  if (then === undefined || count === undefined) return [];
  states[containersThen] = { ...then, severity: null, worst: null, said: null, seenMs: nowMs };
  if (then.said === null || count > 0) return [];
  const { worst: from, sinceMs } = then;
  const over = { kind: "recovered", rule: "containers", labels: {}, to: null, value: 0, threshold: null } as const;
  return [{ ...over, from, sinceMs, untilMs: nowMs }];
}

/** The rules of 0.1.0 that judge the same today. It kept no list of its rules in the state. */
const firstRules: readonly RuleName[] = [
  "storage_used",
  "storage_full_soon",
  "storage_inodes",
  "memory",
  "swap_traffic",
  "swap_used",
  "cpu_busy",
  "cpu_steal",
  "cpu_iowait",
  "load",
  "temperature",
  "certificate",
  "clock",
  "storage_read_only",
  "storage_silent",
  "raid",
  "zfs_pool",
  "service_down",
  "service_not_enabled",
  "units",
  "http_down",
  "tcp_down",
];
