import { eventNews, subject } from "../../lib/alerts/text.ts";
import type { Clock } from "../../lib/clock.ts";
import { measure } from "../../lib/measure/measure.ts";
import { readSnapshot, writeSnapshot } from "../../lib/measure/snapshot.ts";
import type { Host } from "../../lib/model/host.ts";
import type { Config } from "../../lib/settings/config.ts";
import { noPast, type Past } from "../../lib/state/past.ts";
import { en } from "../../lib/words/en.ts";
import { defaultConfig } from "./measure.ts";
import { type TestMachine, testHost } from "./testHost.ts";

interface LookOptions {
  readonly everyMinutes?: number;
  readonly config?: Config;
  /** Watches what is asked of the machine. */
  readonly watch?: (host: Host) => Host;
  readonly doesErrands?: boolean;
}

/** What a report every so many minutes says of a machine that changes: `minute: news`, and the last headline. */
export async function look(
  machines: readonly TestMachine[],
  { everyMinutes = 30, config = defaultConfig, watch = (host) => host, doesErrands = true }: LookOptions = {},
): Promise<{ readonly news: readonly string[]; readonly headlines: readonly string[] }> {
  const news: string[] = [];
  const headlines: string[] = [];
  let past: Past = noPast;
  for (const [index, machine] of machines.entries()) {
    const minute = index * everyMinutes;
    const nowMs = Date.parse("2026-03-01T00:00:00Z") + minute * 60_000;
    const clock: Clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: async () => {} };
    const measured = await measure({ host: watch(testHost(withUptime(machine, minute))), clock }, config, past, {
      everything: false,
      doesErrands,
    });
    const { assessment, events, report, snapshot, eventSeries } = measured;
    news.push(...assessment.transitions.map((one) => `${minute}: ${subject(one, en)}`));
    news.push(...events.map((one) => `${minute}: ${eventNews(one, en)}`));
    headlines.push(report(en, []).headline);
    const lastRun = readSnapshot(writeSnapshot(snapshot));
    past = { ...noPast, lastRun, lastCard: lastRun, alertStates: assessment.states, eventSeries };
  }
  return { news, headlines };
}

/** It is one boot unless the machine says otherwise, and there is something to be read. */
function withUptime(machine: TestMachine, minute: number): TestMachine {
  const proc = {
    uptime: `${1000 + minute * 60}.00 1.00\n`,
    "sys/kernel/random/boot_id": "a\n",
    "sys/kernel/hostname": "vps\n",
    meminfo: "MemTotal: 2000000 kB\nMemFree: 1000000 kB\nMemAvailable: 1500000 kB\n",
  };
  return { ...machine, proc: { ...proc, ...machine.proc } };
}

/** The same machine, so many times. */
export const times = (count: number, machine: TestMachine): readonly TestMachine[] =>
  Array.from({ length: count }, () => machine);
