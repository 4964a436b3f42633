import * as v from "valibot";

import type { Host } from "../model/host.ts";
import { defineMetric, type Since } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import { isOwnUnit, readUnits, type Unit } from "../proc/systemctl.ts";
import type { MetricSettings } from "../model/settings.ts";

const schema = v.object({
  /** Units that failed, and how: `exit-code`, `signal`, `timeout`, `oom-kill`, … */
  failed: v.array(v.object({ unit: v.string(), result: v.string() })),
  /** Services that run now and would not after a reboot. */
  activeNotEnabled: v.array(v.string()),
  /** Services that systemd has started again by itself, and how often. */
  restarts: v.record(v.string(), v.number()),
  /** When the running ones were started, where systemd does not count. What older versions kept does not have it. */
  starts: v.optional(v.record(v.string(), v.number()), {}),
  /** When each running service was started, to find restarts. */
  running: v.optional(v.record(v.string(), v.number()), {}),
});

/** The units of systemd that are not as they should be. Source: `systemctl(1)` show. */
export type Units = v.InferOutput<typeof schema>;

/** As the settings call it, so that a watched service has one name. */
const nameOf = ({ id, names }: Unit, { services }: MetricSettings) =>
  services.find(({ unit }) => names.includes(unit))?.unit ?? id;

const isUncounted = ({ restarts, subState, startedAt }: Unit) =>
  restarts === null && subState === "running" && startedAt > 0;

/** Not those of who is logged in. */
const isLasting = ({ id, subState, startedAt }: Unit) =>
  subState === "running" && startedAt > 0 && !/^(?:user@|.*getty@|session-)/.test(id);

async function collectUnits(host: Host, config: MetricSettings): Promise<Units> {
  const all = (await readUnits(host, config)).filter((unit) => !isOwnUnit(unit));
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
    restarts: Object.fromEntries(all.flatMap((unit) => (unit.restarts ? [[nameOf(unit, config), unit.restarts]] : []))),
    starts: Object.fromEntries(
      all.flatMap((unit) => (isUncounted(unit) ? [[nameOf(unit, config), unit.startedAt]] : [])),
    ),
    running: Object.fromEntries(
      all.flatMap((unit) => (isLasting(unit) ? [[nameOf(unit, config), unit.startedAt]] : [])),
    ),
  };
}

/** Without these nobody can reach the machine, or what it does is wrong: its network, its logins, its disks. */
const needed = new RegExp(
  "^(?:ssh|sshd|dbus|dbus-broker|cron|crond|nftables|ufw|firewalld|networking|NetworkManager|" +
    "systemd-(?:networkd|resolved|journald|logind|udevd))\\.service$|^ssh\\.socket$|^(?!snap-|run-user-).*\\.(?:mount|swap)$",
);

/** Known to fail for nothing: what fetches news, waits for a network that is there, or shows a picture. */
const harmless = new RegExp(
  "^(?:fwupd|fwupd-refresh|motd-news|apt-news|esm-cache|update-notifier-.*|.*-wait-online|plymouth-.*|man-db|e2scrub_.*|" +
    "dpkg-db-backup|packagekit|apport.*|whoopsie|kerneloops|casper-md5check|(?:console|keyboard)-setup)\\.(?:service|timer)$|" +
    "\\.scope$",
);

const isHarmless = ({ unit }: { readonly unit: string }) => harmless.test(unit);

const failureOf = (unit: string) =>
  ({ name: "unit_failed", labels: { unit }, value: needed.test(unit) ? 2 : 1 }) as const;

/**
 * How often each service was started again since the last report; one that was started anew counts from 0. Where systemd
 * does not count, one that runs with another start than then was started again once at least.
 */
function restartsSince(now: Units, since: Since<Units> | null): readonly { unit: string; times: number }[] {
  if (since === null) return [];
  const { restarts, starts } = since.before;
  const uncounted = Object.entries(now.starts).filter(([unit, at]) => at !== (starts[unit] ?? at));
  const counted = Object.entries(now.restarts).flatMap(([unit, count]) => {
    const before = restarts[unit] ?? 0;
    const times = count < before ? count : count - before;
    return times === 0 ? [] : [{ unit, times }];
  });
  return [...counted, ...uncounted.map(([unit]) => ({ unit, times: 1 }))];
}

/** Once is no loop yet. */
const notableRestarts = 2;

/** Failed units of systemd: services, mounts, timers and so on. */
export const units = defineMetric({
  order: 150,
  title: (words) => words.units.label,
  schema,
  definitions: {
    unit_failed: gauge(
      "count",
      "1 for a unit that failed, 2 for one that the machine needs, such as ssh or a mount; not there for all others.",
    ),
    unit_restarts: gauge("count", "How often systemd has started it again since the last report; not there for 0."),
    units_failed: gauge("count", "Units that failed."),
    units_active_not_enabled: gauge("count", "Services that would not run after a reboot."),
  },
  collect: collectUnits,
  observe: (now, { report }) => [
    { name: "units_failed", labels: {}, value: now.failed.length },
    { name: "units_active_not_enabled", labels: {}, value: now.activeNotEnabled.length },
    ...now.failed.filter((one) => !isHarmless(one)).map((one) => failureOf(one.unit)),
    ...restartsSince(now, report).flatMap(({ unit, times }) => observations("unit", { restarts: times }, { unit })),
  ],
  describe: (now, { report }, { words: { some, units: words } }) => {
    const { failed, activeNotEnabled } = now;
    const loops = restartsSince(now, report);
    const names = failed.map(({ unit, result }) => words.result(unit.replace(/\.service$/, ""), result));
    const about = failed.map((one) => observationKey(failureOf(one.unit)));
    const each = new Map(failed.map((one) => [observationKey(failureOf(one.unit)), one.result]));
    const failures = failed.length === 0 ? words.noneFailed : words.failed(names);
    return [
      {
        label: words.label,
        lines: [failures],
        importance: failed.every(isHarmless) ? "detail" : "notable",
        about,
        each,
      },
      ...(loops.length === 0
        ? []
        : [
            {
              label: words.restarted,
              lines: [some(loops.map(({ unit, times }) => words.times(unit.replace(/\.service$/, ""), times)))],
              importance: loops.some(({ times }) => times >= notableRestarts) ? "notable" : "detail",
              about: loops.map(({ unit }) => observationKey({ name: "unit_restarts", labels: { unit } })),
            } as const,
          ]),
      ...(activeNotEnabled.length === 0
        ? []
        : [{ label: words.notEnabled, lines: [some(activeNotEnabled)], importance: "detail", about: [] } as const]),
    ];
  },
});
