import type { MetricName } from "../metrics/index.ts";
import type { Labels } from "../model/observation.ts";
import type { Rule } from "../model/rule.ts";
import { bootOf, type KeptSnapshot, secondsBetween, type Snapshot } from "../model/snapshot.ts";
import type { ActiveRule } from "./alert.ts";
import type { Assessment } from "./assess.ts";
import type { Happening } from "./events.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { type AlertStates, stateKey, type TargetState } from "./state.ts";

/** RAID arrays and ZFS pools that the last run saw, and that this one looked for and did not find. Pure. */
export function findGone(now: Snapshot, last: KeptSnapshot | null): readonly Happening[] {
  const [arraysBefore, arraysNow] = [last?.readings.raid, now.readings.raid];
  const [poolsBefore, poolsNow] = [last?.readings.zfsPools, now.readings.zfsPools];
  const arrays = missing(
    arraysBefore?.status === "ok" ? arraysBefore.value.map(({ array }) => array) : [],
    arraysNow.status === "ok" ? arraysNow.value.map(({ array }) => array) : [],
  );
  const pools = missing(
    poolsBefore?.status === "ok" ? poolsBefore.value.map(({ pool }) => pool) : [],
    poolsNow.status === "ok" ? poolsNow.value.map(({ pool }) => pool) : [],
  );
  const gone = {
    arrays: arraysNow.status === "failed" ? [] : arrays,
    pools: poolsNow.status === "failed" ? [] : pools,
  };
  return gone.arrays.length + gone.pools.length === 0 ? [] : [{ kind: "gone", severity: "critical", ...gone }];
}

/** As many under other names are the same: an array may have another number after a boot. */
const missing = (before: readonly string[], now: readonly string[]) =>
  now.length < before.length ? before.filter((name) => !now.includes(name)) : [];

/** The input of the decision. */
export interface GoneInput {
  readonly assessment: Assessment;
  /** The states before this run. */
  readonly before: AlertStates;
  readonly now: Snapshot;
  readonly last: KeptSnapshot | null;
  readonly ruleOf: (name: RuleName) => ActiveRule | null;
  /** The metric that makes an observation. */
  readonly metricOf: (observation: string) => MetricName | null;
}

/** An assessment without what is not coming back, and what is said of that. */
export interface LetGo {
  readonly assessment: Assessment;
  readonly happened: readonly Happening[];
}

/**
 * Lets go of raised targets that are not there any more: at once where absence is sure, after a reboot where a disk was only
 * not mounted, and after a week in any case, when their states end. Each is told once. Pure.
 */
export function letGo({ assessment, before, now, last, ruleOf, metricOf }: GoneInput): LetGo {
  const rebooted = isRebooted(now, last);
  const leaves = ({ key, name, state, labels }: Raised) => {
    // What an earlier version judged otherwise waits for a look that can tell.
    if (key !== stateKey(name, { name: rules[name].observation, labels })) return false;
    const metric = metricOf(rules[name].observation);
    const hasFailed = metric === null || now.readings[metric].status === "failed";
    const { absentMeansGone = false }: Rule = rules[name];
    return state.seenMs !== now.takenAtMs && !hasFailed && (absentMeansGone || rebooted);
  };
  const raised = raisedOf(assessment.states).filter(leaves);
  const forgotten = raisedOf(before).filter(({ key }) => assessment.states[key] === undefined);
  const gone = new Set(raised.map(({ key }) => key));
  const told = [...raised, ...forgotten].filter(
    ({ name, state, labels }) =>
      state.said !== null && !isTold(name, now, last) && (ruleOf(name)?.thresholdsFor(labels) ?? null) !== null,
  );
  const targets = told.map(({ name, labels, value }) => ({ rule: name, labels, value }));
  return {
    assessment: {
      ...assessment,
      states: Object.fromEntries(Object.entries(assessment.states).filter(([key]) => !gone.has(key))),
      alerts: assessment.alerts.filter(
        ({ rule, labels }) => !gone.has(stateKey(rule, { name: rules[rule].observation, labels })),
      ),
    },
    happened: targets.length === 0 ? [] : [{ kind: "letGo", severity: "notice", targets }],
  };
}

interface Raised {
  readonly key: string;
  readonly name: RuleName;
  readonly state: TargetState;
  readonly labels: Labels;
  readonly value: number;
}

function raisedOf(states: AlertStates): readonly Raised[] {
  return Object.entries(states).flatMap(([key, state]) => {
    if (state.severity === null || state.last === undefined) return [];
    const name = ruleNames.find((one) => key.startsWith(`${one} `));
    if (name === undefined) return [];
    return [{ key, name, state, ...state.last }];
  });
}

/** That an array or a pool is gone has its own words. */
const isTold = (name: RuleName, now: Snapshot, last: KeptSnapshot | null) =>
  ["raid", "raid_inactive", "zfs_pool"].includes(name) && findGone(now, last).length > 0;

function isRebooted(now: Snapshot, last: KeptSnapshot | null): boolean {
  return last !== null && bootOf(now) !== null && bootOf(last) !== null && secondsBetween(last, now) === null;
}
