import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { openCaptured } from "../../lib/host/captured.ts";
import { measure, type Measurement } from "../../lib/measure/measure.ts";
import { noPast } from "../../lib/state/past.ts";
import { machinesDirectory } from "./project.ts";
import { defaultConfig } from "./measure.ts";

/** The names of all captured machines. */
export const capturedMachines: readonly string[] = readdirSync(machinesDirectory).filter((name) =>
  statSync(join(machinesDirectory, name)).isDirectory(),
);

const measured = new Map<string, Promise<Measurement>>();

/** What a report measures of a captured machine, through all stages but the state. Each is measured once. */
export function measureCaptured(name: string): Promise<Measurement> {
  const measuring = measured.get(name) ?? measureOne(name);
  measured.set(name, measuring);
  return measuring;
}

const measureOne = (name: string) =>
  measure(openCaptured(join(machinesDirectory, name)), defaultConfig, noPast, { everything: false });
