import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { type Plenty, plenties, writeBigMachine } from "../support/bigMachines.ts";
import { binary } from "../support/binary.ts";
import type { FakeDiscord } from "../support/fakeDiscord.ts";
import type { Contender } from "./contenders.ts";
import { writeHistory } from "./history.ts";
import { measureRun } from "./measure.ts";
import { median, tableOf } from "./table.ts";

const rounds = 11;

interface Pair {
  readonly name: string;
  readonly once: Contender;
  readonly twice: Contender;
}

/** A table of what twice as much costs: the median of ratios of the CPU time, each of two runs one after the other. */
export async function measureGrowth(directory: string, discord: FakeDiscord): Promise<string> {
  const program = await binary;
  const at = (name: string) => {
    mkdirSync(join(directory, "growth", name), { recursive: true, mode: 0o700 });
    return join(directory, "growth", name);
  };
  const webhook = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const contender = (args: readonly string[], state: string, machine = ""): Contender => ({
    name: state,
    command: [program, ...args, "--state-dir", state],
    env: { ...webhook, SERVER_METRICS_MACHINE: machine },
  });
  const machines = plenties.map((plenty): Pair => {
    const on = (times: number) => {
      const machine = at(`${plenty}-${times}`);
      writeBigMachine(machine, [plenty], times);
      return contender(argumentsFor(plenty), at(`${plenty}-${times}-state`), machine);
    };
    return { name: plenty.replace("-", " "), once: on(1), twice: on(2) };
  });
  const after = (days: number) => {
    writeHistory(at(`history-${days}`), days / 50, days);
    return contender(["--sample", "0"], at(`history-${days}`));
  };
  const pairs = [...machines, { name: "200 days of history", once: after(200), twice: after(400) }];
  const rows = new Array<readonly string[]>();
  for (const { name, once, twice } of pairs) {
    const runs = { once: new Array<number>(), twice: new Array<number>() };
    for (let round = 0; round <= rounds; round += 1) {
      const [one, two] = [await measureRun(once, discord), await measureRun(twice, discord)];
      // The first run of each has no past to compare with.
      if (round === 0) continue;
      runs.once.push(one.cpuMs);
      runs.twice.push(two.cpuMs);
    }
    const ratio = median(runs.twice.map((ms, round) => ms / (runs.once[round] ?? Number.NaN)));
    rows.push([name, `${median(runs.once).toFixed(0)} ms`, `${median(runs.twice).toFixed(0)} ms`, ratio.toFixed(2)]);
  }
  return tableOf(["CPU time with", "once", "twice", "ratio"], rows);
}

/** Only `show` looks at each process. */
const argumentsFor = (plenty: Plenty): readonly string[] =>
  plenty === "4000-processes" ? ["show", "--json"] : ["--sample", "0"];
