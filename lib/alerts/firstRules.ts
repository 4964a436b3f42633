import type { ObservationName } from "../metrics/index.ts";
import { type RuleName, ruleNames } from "./rules.ts";
import { type AlertStates, stateKey, type TargetState } from "./state.ts";

/** What a run after an update has to know of the version before; nothing is in it for any other run. */
export interface Update {
  /** The rules that it did not have. */
  readonly newRules: readonly RuleName[];
  /** What it remembered of a rule that judges by other targets now. */
  readonly former: Readonly<Partial<Record<RuleName, TargetState>>>;
}

/** 0.1.0 counted the unhealthy containers, and judged none by itself. */
const counted: ObservationName = "containers_unhealthy";
const formerContainers = stateKey("containers", { name: counted, labels: {} });

/** Takes apart what the last run left, by the rules that it had: what was of its version only, and the states that go on. */
export function readUpdate(
  knownRules: readonly string[] | null,
  states: AlertStates,
): { readonly update: Update; readonly states: AlertStates } {
  const { [formerContainers]: containers, ...others } = states;
  const had: readonly string[] = knownRules ?? firstRules;
  const newRules = ruleNames.filter((name) => !had.includes(name));
  const isKnown = containers === undefined || !newRules.includes("containers");
  return { update: { newRules, former: isKnown ? {} : { containers } }, states: others };
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
