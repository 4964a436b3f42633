import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { openCaptured } from "../../lib/host/captured.ts";
import { measure, type Measurement } from "../../lib/measure/measure.ts";
import type { Config } from "../../lib/settings/config.ts";
import { noPast, type Past } from "../../lib/state/past.ts";
import { machinesDirectory } from "./project.ts";
import { defaultConfig } from "./measure.ts";

/** The names of all captured machines. */
export const capturedMachines: readonly string[] = readdirSync(machinesDirectory).filter((name) =>
  statSync(join(machinesDirectory, name)).isDirectory(),
);

/** What a report measures of a captured machine, through all stages but the state. */
export function measureCaptured(
  name: string,
  past: Past = noPast,
  config: Config = defaultConfig,
): Promise<Measurement> {
  return measure(openCaptured(join(machinesDirectory, name)), config, past, { everything: false });
}
