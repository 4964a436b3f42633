import type { Definition } from "../model/observation.ts";
import { metricNames, metrics } from "./index.ts";

/** What stands behind every observation's name, out of the registry. */
export const definitions: ReadonlyMap<string, Definition> = new Map(
  metricNames.flatMap((metric) => Object.entries(metrics[metric].definitions)),
);
