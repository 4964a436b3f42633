/**
 * What this program says of the CPU of many machines, beside what others would say, as tables for tests/replay/README.md:
 *
 *     bun tests/replay/compare.ts [--planetlab DIRECTORY] [--nab DIRECTORY] [--sweep]
 */
import { ours } from "./ours.ts";
import { nab, planetLab } from "./publicTraces.ts";
import { beszel, crossing, monit, netdata } from "./rivals.ts";
import { type Score, score } from "./score.ts";
import { falseForecasts, sweep } from "./sweep.ts";

const tellers = [ours(5), ours(30), beszel(80, 10), beszel(90, 10), beszel(90, 30), monit, netdata, crossing];

const rowOf = ({ name, weeks, incidents, messages, found, again, delays: [median, longest], outside }: Score) =>
  `| ${[name, messages, (messages / weeks).toFixed(2), `${found} of ${incidents}`, again, `${median}/${longest} min`, outside].join(" | ")} |`;

function print(title: string, traces: readonly (readonly number[])[]) {
  const weeks = Math.round(traces.reduce((sum, points) => sum + points.length, 0) / 2016);
  const lines = [
    `| ${title}, ${weeks} weeks | Messages | A week | Found | Of these as recurring | Delay p50/max | Alarms outside |`,
    "| --- | --: | --: | --: | --: | --: | --: |",
    ...tellers.map((teller) => rowOf(score(teller, traces))),
  ];
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

const argument = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
};
const [planetLabAt, nabAt] = [argument("planetlab"), argument("nab")];
if (planetLabAt !== undefined) print("PlanetLab", planetLab(planetLabAt));
if (nabAt !== undefined) print("NAB", nab(nabAt, /(ec2|rds)_cpu_utilization|cpu_utilization_asg|ec2_request_latency/));
if (process.argv.includes("--sweep")) {
  process.stdout.write(
    `${sweep.length} disks that fill up and are cleaned: ${falseForecasts(sweep).length} false forecasts\n`,
  );
}
