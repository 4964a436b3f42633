import * as v from "valibot";

import { nameSome } from "../format.ts";
import { type Host, type Metric, Unavailable } from "../metric.ts";

const schema = v.object({
  /** Services that failed, and how: `exit-code`, `signal`, `timeout`, `oom-kill`, … */
  failed: v.array(v.object({ unit: v.string(), result: v.string() })),
  /** Services that run now and would not after a reboot. */
  activeNotEnabled: v.array(v.string()),
});

/** The services of systemd that are not as they should be. Source: `systemctl(1)` show, properties of `systemd.service(5)`. */
export type Units = v.InferOutput<typeof schema>;

/** Parses what `systemctl show` prints: `Key=value` lines, an empty line between units. */
export function parseUnits(text: string): Units {
  const units = text.split("\n\n").map((paragraph) => {
    const entries = paragraph.split("\n").map((line) => line.split("=", 2));
    const properties = new Map(entries.map(([key = "", value = ""]) => [key, value]));
    return (key: string) => properties.get(key) ?? "";
  });
  return {
    failed: units
      .filter((of) => of("ActiveState") === "failed")
      .map((of) => ({ unit: of("Id"), result: of("Result") })),
    activeNotEnabled: units
      .filter((of) => of("ActiveState") === "active" && of("UnitFileState") === "disabled")
      .map((of) => of("Id")),
  };
}

const question = ["show", "*.service", "--property=Id,ActiveState,SubState,UnitFileState,Result"];

async function collectUnits(host: Host): Promise<Units> {
  // sd_booted(3): without it there is nobody whom systemctl could ask, so it is not even started.
  await host.list("/run/systemd/system").catch(() => {
    throw new Unavailable("systemd is not running");
  });
  return parseUnits(await host.run("systemctl", question));
}

/** Failed services of systemd. */
export const units: Metric<Units> = {
  title: "Services",
  schema,
  core: false,
  sampled: false,
  definitions: {
    units_failed: { unit: "count", type: "gauge", help: "Services that failed." },
    units_active_not_enabled: { unit: "count", type: "gauge", help: "Services that would not run after a reboot." },
  },
  collect: collectUnits,
  observe: ({ failed, activeNotEnabled }) => [
    { name: "units_failed", labels: {}, value: failed.length },
    { name: "units_active_not_enabled", labels: {}, value: activeNotEnabled.length },
  ],
  describe: ({ failed, activeNotEnabled }) => {
    const names = failed.map(({ unit, result }) => `${unit.replace(/\.service$/, "")} (${result})`);
    const about = ["units_failed"];
    const failures = failed.length === 0 ? "none failed" : `failed: ${nameSome(names)}`;
    return [
      { label: "Services", lines: [failures], importance: failed.length === 0 ? "detail" : "notable", about },
      ...(activeNotEnabled.length === 0
        ? []
        : [{ label: "Not enabled", lines: [nameSome(activeNotEnabled)], importance: "detail", about: [] } as const]),
    ];
  },
};
