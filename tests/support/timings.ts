import { existsSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "./project.ts";

/** The test files that take longest, in seconds, and those that mostly wait: they begin first, so that no other one is left to wait for at the end. */
const slowest = {
  "faults/damage": 90,
  build: 60,
  "platforms/processors": 60,
  "incidents/play": 60,
  "commands/report/live": 55,
  "truth/storage": 55,
  "replay/replay": 50,
  share: 45,
  "hangs/hangs": 45,
  "truth/cpu": 45,
  "fleet/engines": 45,
  "anybox/anybox": 40,
  machines: 35,
  style: 35,
  "render/terminal/terminal": 35,
  "faults/setups": 35,
  "suggest/parts/backups": 35,
  "faults/alerts": 30,
  "probe/looks": 30,
  "firstHour/firstHour": 30,
  "suggest/parts/fediverse": 30,
  "export/exports": 25,
  "faults/delivery": 25,
  "fuzz/fuzz": 25,
  "commands/report/announcing": 25,
  "commands/mute": 20,
  "metrics/trafficLife": 20,
  "suggest/parts/web": 20,
  "suggest/parts/postgres": 20,
  "faults/place": 20,
  "hangs/broken": 20,
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
