import type { Labels } from "../model/observation.ts";
import type { Rule } from "../model/rule.ts";
import type { MetricSettings } from "../model/settings.ts";
import { matchesMount } from "../settings/globs.ts";

/** Whether the settings still name a target. An excluded mount or a removed check is dropped. */
export function isConfigured(
  { configuredIn }: Rule,
  { mount, unit, check, probe }: Labels,
  config: MetricSettings,
): boolean {
  if (mount !== undefined && matchesMount(mount, config.storage.exclude)) return false;
  if (configuredIn === undefined) return true;
  switch (configuredIn) {
    case "services":
      return config.services.some((service) => service.unit === unit);
    case "probes":
      return config.probes.some(({ name }) => name === probe);
    case "traffic":
      return config.traffic !== null;
    case "http":
    case "tcp":
      return config[configuredIn].some(({ name }) => name === check);
  }
}
