import type { Labels } from "../model/observation.ts";
import type { Rule } from "../model/rule.ts";
import type { Config } from "../settings/config.ts";
import { matchesMount } from "../settings/types.ts";

/** Whether the settings still ask for a target: an excluded mount, or a check that was taken out, is awaited no more. */
export function isConfigured({ configuredIn }: Rule, { mount, unit, check }: Labels, config: Config): boolean {
  if (mount !== undefined && matchesMount(mount, config.storage.exclude)) return false;
  if (configuredIn === undefined) return true;
  switch (configuredIn) {
    case "services":
      return config.services.some((service) => service.unit === unit);
    case "http":
    case "tcp":
      return config[configuredIn].some(({ name }) => name === check);
  }
}
