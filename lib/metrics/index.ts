import type { Metric, Reading } from "../model/metric.ts";
import { btrfs } from "./btrfs.ts";
import { conntrack } from "./conntrack.ts";
import { containers } from "./containers.ts";
import { cpu } from "./cpu.ts";
import { diskIo } from "./diskIo.ts";
import { host } from "./host.ts";
import { httpChecks } from "./httpChecks.ts";
import { inventory } from "./inventory.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { network } from "./network.ts";
import { openFiles } from "./openFiles.ts";
import { pressure } from "./pressure.ts";
import { processes } from "./processes.ts";
import { raid } from "./raid.ts";
import { reboot } from "./reboot.ts";
import { services } from "./services.ts";
import { storage } from "./storage.ts";
import { tcp } from "./tcp.ts";
import { tcpChecks } from "./tcpChecks.ts";
import { temperature } from "./temperature.ts";
import { topProcesses } from "./topProcesses.ts";
import { units } from "./units.ts";
import { updates } from "./updates.ts";
import { vmstat } from "./vmstat.ts";
import { zfsPools } from "./zfsPools.ts";

/** The registry: one line a metric, in the order of the card. There is no second list. */
const registry = {
  memory,
  storage,
  cpu,
  load,
  pressure,
  vmstat,
  diskIo,
  network,
  tcp,
  openFiles,
  conntrack,
  temperature,
  raid,
  zfsPools,
  btrfs,
  units,
  services,
  httpChecks,
  tcpChecks,
  containers,
  processes,
  topProcesses,
  reboot,
  updates,
  host,
  inventory,
};

/** The name of a metric: its key in the registry. */
export type MetricName = keyof typeof registry;

/** The value of each metric. */
export type Values = { [Name in MetricName]: (typeof registry)[Name] extends Metric<infer T> ? T : never };

/** One reading of each metric. */
export type Readings = { readonly [Name in MetricName]: Reading<Values[Name]> };

/** The registry as the stages see it. */
export const metrics: { readonly [Name in MetricName]: Metric<Values[Name]> } = registry;

/** All names, in the order of the card. */
// Object.keys() forgets the key type; the predicate gives it back without a cast.
export const metricNames: readonly MetricName[] = Object.keys(registry).filter(
  (name): name is MetricName => name in registry,
);
