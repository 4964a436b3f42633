import * as v from "valibot";

import type { Host } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observationKey } from "../model/observation.ts";
import { readUnits, type Unit } from "../proc/systemctl.ts";
import type { MetricSettings } from "../model/settings.ts";

const schema = v.object({
  /** Units that failed, and how: `exit-code`, `signal`, `timeout`, `oom-kill`, … */
  failed: v.array(v.object({ unit: v.string(), result: v.string() })),
  /** Services that run now and would not after a reboot. */
  activeNotEnabled: v.array(v.string()),
});

/** The units of systemd that are not as they should be. Source: `systemctl(1)` show. */
export type Units = v.InferOutput<typeof schema>;

/** As the settings call it, so that a watched service has one name. */
const nameOf = ({ id, names }: Unit, { services }: MetricSettings) =>
  services.find(({ unit }) => names.includes(unit))?.unit ?? id;

async function collectUnits(host: Host, config: MetricSettings): Promise<Units> {
  const all = await readUnits(host, config);
  // What mounts and sockets are started by is written elsewhere, as in /etc/fstab.
  const notEnabled = all.filter(
    ({ id, activeState, fileState }) => id.endsWith(".service") && activeState === "active" && fileState === "disabled",
  );
  return {
    // A masked one that something still wants to start fails each time; its owner does not want it.
    failed: all
      .filter(({ activeState, loadState }) => activeState === "failed" && loadState !== "masked")
      .map((unit) => ({ unit: nameOf(unit, config), result: unit.result })),
    activeNotEnabled: notEnabled.map(({ id }) => id),
  };
}

const failureOf = (unit: string) => ({ name: "unit_failed", labels: { unit }, value: 1 }) as const;

/** Failed units of systemd: services, mounts, timers and so on. */
export const units = defineMetric({
  order: 150,
  title: (words) => words.units.label,
  schema,
  definitions: {
    unit_failed: gauge("count", "1 for a unit that failed, such as a service or a mount; not there for all others."),
    units_failed: gauge("count", "Units that failed."),
    units_active_not_enabled: gauge("count", "Services that would not run after a reboot."),
  },
  collect: collectUnits,
  observe: ({ failed, activeNotEnabled }) => [
    { name: "units_failed", labels: {}, value: failed.length },
    { name: "units_active_not_enabled", labels: {}, value: activeNotEnabled.length },
    ...failed.map((one) => failureOf(one.unit)),
  ],
  describe: ({ failed, activeNotEnabled }, _earlier, { words: { some, units: words } }) => {
    const names = failed.map(({ unit, result }) => `${unit.replace(/\.service$/, "")} (${result})`);
    const about = failed.map((one) => observationKey(failureOf(one.unit)));
    const failures = failed.length === 0 ? words.noneFailed : words.failed(names);
    return [
      { label: words.label, lines: [failures], importance: failed.length === 0 ? "detail" : "notable", about },
      ...(activeNotEnabled.length === 0
        ? []
        : [{ label: words.notEnabled, lines: [some(activeNotEnabled)], importance: "detail", about: [] } as const]),
    ];
  },
});
