/**
 * Records this machine once a second, as a trace that is replayed as if the seconds were minutes:
 *
 *     bun tests/replay/record.ts SECONDS MOUNT >tests/replay/recorded.tsv
 *
 * Columns are the numbers that the rules judge, rows the seconds; the mount is called /srv, whatever its name here.
 */
import { thisMachine } from "../../lib/host/linux.ts";
import { cpu } from "../../lib/metrics/cpu.ts";
import { load } from "../../lib/metrics/load.ts";
import { memory } from "../../lib/metrics/memory.ts";
import type { KnownObservation } from "../../lib/metrics/index.ts";
import { observationKey } from "../../lib/model/observation.ts";
import { pressingPercent, usedPercent } from "../../lib/proc/usage.ts";
import { decide } from "../../lib/settings/decide.ts";

const judged = new Set([
  "cpu_busy_percent",
  "cpu_iowait_percent",
  "cpu_steal_percent",
  "memory_available_percent",
  "load_15m_per_core",
  "cpu_cores",
]);

const decided = decide([]);
if (!decided.ok) throw new Error("no settings are no error");
const { host, clock } = thisMachine;
const [, , seconds = "60", mount = "/"] = process.argv;
const earlier = { sample: null, report: null };

async function observeDisk(): Promise<readonly KnownObservation[]> {
  const usage = await host.statfs(Buffer.from(mount));
  const labels = { mount: "/srv" };
  return [
    { name: "storage_used_percent", labels, value: usedPercent(usage) ?? 0 },
    { name: "storage_pressing_percent", labels, value: pressingPercent(usage) ?? 0 },
    { name: "storage_available_bytes", labels, value: usage.availableBytes },
  ];
}

let before = await cpu.collect(host, decided.value);
for (let second = 0; second < Number(seconds); second += 1) {
  await clock.sleep(1000);
  const now = await cpu.collect(host, decided.value);
  const all = [
    ...cpu.observe(now, { sample: null, report: { before, seconds: 1 } }),
    ...memory.observe(await memory.collect(host, decided.value), earlier),
    ...load.observe(await load.collect(host, decided.value), earlier),
  ].filter(({ name }) => judged.has(name));
  before = now;
  const columns = [...all, ...(await observeDisk())];
  if (second === 0) process.stdout.write(`${columns.map(observationKey).join("\t")}\n`);
  process.stdout.write(`${columns.map(({ value }) => Number(value.toFixed(2))).join("\t")}\n`);
}
