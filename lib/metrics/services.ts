import * as v from "valibot";

import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Row } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import { readUnits, type Unit } from "../proc/systemctl.ts";
import type { MetricSettings } from "../model/settings.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.array(
  v.object({
    unit: v.string(),
    loadState: v.string(),
    activeState: v.string(),
    subState: v.string(),
    fileState: v.string(),
    result: v.string(),
    startedByOthers: v.boolean(),
  }),
);

/** The units of the settings, in systemd's words. Source: `systemctl(1)` show. */
export type Services = v.InferOutput<typeof schema>;
type Service = Services[number];

/** The state of a unit that systemd did not mention. */
const unknown = {
  loadState: "not-found",
  activeState: "inactive",
  subState: "dead",
  fileState: "",
  result: "",
  startedByOthers: false,
};

function choose(unit: string, units: readonly Unit[]): Service {
  const found = units.find(({ id, names }) => id === unit || names.includes(unit)) ?? unknown;
  const { loadState, activeState, subState, fileState, result, startedByOthers } = found;
  return { unit, loadState, activeState, subState, fileState, result, startedByOthers };
}

async function collectServices(host: Host, config: MetricSettings): Promise<Services> {
  if (config.services.length === 0) throw new Unavailable("none configured");
  const units = await readUnits(host, config).catch((error: unknown) => {
    // The owner named this service, so an unreadable state is news.
    throw error instanceof Unavailable ? new Error("no systemd here") : error;
  });
  return config.services.map(({ unit }) => choose(unit, units));
}

/** Null while it starts or stops, which says nothing; waiting for the next start after a failure is no start. */
function isActive({ activeState, subState }: Service): boolean | null {
  if (activeState === "activating" || activeState === "deactivating")
    return subState.startsWith("auto-restart") ? false : null;
  return ["active", "reloading", "refreshing"].includes(activeState);
}

/** States of a unit's file that do not start it at boot; `static`, `generated`, `alias` and so on say nothing against it. */
const notAtBoot = /^(disabled|transient|masked(-runtime)?|linked(-runtime)?|enabled-runtime)$/;

/** Whether it starts after a reboot; null when it does not run now. */
function isEnabled(service: Service): boolean | null {
  return isActive(service) === true ? service.startedByOthers || !notAtBoot.test(service.fileState) : null;
}

const oneFor = (value: boolean) => (value ? 1 : 0);
const asNumber = (value: boolean | null) => (value === null ? null : oneFor(value));

function sayState(service: Service, { services: words }: RowWords): string {
  const { loadState, activeState, result } = service;
  if (loadState === "not-found") return words.notFound;
  if (isEnabled(service) === false) return words.notEnabled(service.fileState);
  switch (isActive(service)) {
    case true:
      return words.runs;
    case null:
      return activeState;
    case false:
      if (loadState === "masked") return words.masked;
      if (activeState === "activating") return words.looping(result);
      return activeState === "failed" ? words.failed(result) : words.inactive;
  }
}

const names = ["service_active", "service_enabled"] as const;

function describeService(service: Service, words: RowWords): Row<(typeof names)[number]> {
  const labels = { unit: service.unit };
  const isWell = isActive(service) !== false && isEnabled(service) !== false;
  return {
    label: service.unit.replace(/\.service$/, ""),
    ...(isActive(service) === false ? { number: "down" } : {}),
    lines: [sayState(service, words)],
    importance: isWell ? "detail" : "notable",
    about: names.map((name) => observationKey({ name, labels })),
  };
}

/** The services that the owner wants to run, now and after the next boot. */
export const services = defineMetric({
  order: 160,
  title: (words) => words.services.title,
  schema,
  definitions: {
    service_active: gauge("count", "1 when the unit is active, 0 when not; none while it changes."),
    service_enabled: gauge("count", "1 when the unit that is active will be after a reboot too."),
  },
  collect: collectServices,
  observe: (now) =>
    now.flatMap((service) => {
      const values = { active: asNumber(isActive(service)), enabled: asNumber(isEnabled(service)) };
      return observations("service", values, { unit: service.unit });
    }),
  describe: (now, _earlier, { words }) => now.map((service) => describeService(service, words)),
});
