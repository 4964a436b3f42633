import { existsSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "./project.ts";

/** The test files that take longest, in seconds. They begin first, so that none is left to be waited for at the end. */
const slowest = {
  "platforms/processors": 80,
  "faults/damage": 65,
  "commands/report/live": 45,
  "hangs/hangs": 40,
  "truth/cpu": 40,
  "fleet/engines": 40,
  "anybox/anybox": 40,
  build: 40,
  "render/terminal/terminal": 35,
  "suggest/parts/backups": 35,
  "faults/alerts": 30,
  "faults/delivery": 30,
  "suggest/parts/fediverse": 30,
  machines: 30,
  "fuzz/fuzz": 25,
  share: 25,
  style: 25,
  "suggest/parts/web": 25,
  "incidents/play": 20,
  "probe/looks": 20,
  "probe/parts": 20,
  "replay/replay": 20,
  "truth/storage": 20,
  "faults/setups": 20,
  "faults/place": 20,
  "hangs/broken": 20,
  "commands/mute": 20,
  "export/exports": 20,
  "metrics/trafficLife": 20,
  "suggest/parts/postgres": 20,
};

/** What `bun test --update-timings` would have written, for the first run in a checkout: all others take a second. */
export async function firstTimings(): Promise<string> {
  const files = await Array.fromAsync(new Bun.Glob("tests/**/*.test.ts").scan(projectRoot));
  const known = Object.entries(slowest).map(([name, seconds]) => [`tests/${name}.test.ts`, 1000 * seconds] as const);
  const gone = known.filter(([name]) => !existsSync(join(projectRoot, name)));
  if (gone.length > 0) throw new Error(`tests/support/timings.ts names what is not there: ${gone.join(", ")}`);
  const all = Object.fromEntries([...files.toSorted().map((name) => [name, 1000] as const), ...known]);
  return JSON.stringify({ version: 1, files: all });
}

if (import.meta.main) console.log(await firstTimings());
