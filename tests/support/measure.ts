import { createFormat } from "../../lib/format.ts";
import type { Earlier, Metric, Row } from "../../lib/model/metric.ts";
import { observationKey } from "../../lib/model/observation.ts";
import type { Config } from "../../lib/settings/config.ts";
import { decide } from "../../lib/settings/decide.ts";
import { en } from "../../lib/words/en.ts";
import { type TestMachine, testHost } from "./testHost.ts";

const defaults = decide([]);
if (!defaults.ok) throw new Error("the defaults are wrong");

/** The settings of somebody who set nothing. */
export const defaultConfig: Config = defaults.value;

/** What one metric reads of a machine. Rejects as its collector does. */
export function collectOne<T>(metric: Metric<T>, machine: TestMachine): Promise<T> {
  return metric.collect(testHost(machine), defaultConfig);
}

const nothing = { sample: null, report: null };

/** The observations of a value, by key. */
export function observeOne<T>(metric: Metric<T>, value: T, earlier: Earlier<T> = nothing): Record<string, number> {
  return Object.fromEntries(metric.observe(value, earlier).map((one) => [observationKey(one), one.value]));
}

/** The rows of a value, in IEC units. */
export function describeOne<T>(metric: Metric<T>, value: T, earlier: Earlier<T> = nothing): readonly Row[] {
  return metric.describe(value, earlier, { format: createFormat("iec"), words: en });
}
