/**
 * What this program says of the CPU of many machines, beside what others would say, as tables for tests/replay/README.md:
 *
 *     bun tests/replay/compare.ts [--shaped SEED] [--planetlab DIRECTORY] [--nab DIRECTORY] [--sweep]
 *     bun tests/replay/compare.ts --forecasts [--shaped SEED] [--nab DIRECTORY]
 */
import { disksOf, type Fill, madeDisks, mixin, ourForecasts, scoreForecasts } from "./forecasts.ts";
import { ours } from "./ours.ts";
import { nab, planetLab } from "./publicTraces.ts";
import { beszel, crossing, monit, netdata } from "./rivals.ts";
import { type Score, score } from "./score.ts";
import { nabShaped, planetLabShaped } from "./shaped.ts";
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

function printForecasts(title: string, disks: readonly Fill[]) {
  const weeks = Math.round(disks.reduce((sum, fill) => sum + fill.length, 0) / 2016);
  const rows = [5, 30].flatMap((every) => [
    { name: `server-metrics, every ${every} min`, ...scoreForecasts(disks, (fill) => ourForecasts(fill, every)) },
    { name: `mixin, every ${every} min`, ...scoreForecasts(disks, (fill) => mixin(fill, every)) },
  ]);
  const lines = [
    `| ${disks.length} ${title}, ${weeks} weeks | Forecasts | True | Precision | Forewarned (recall) | Any word before full |`,
    "| --- | --: | --: | --: | --: | --: |",
    ...rows.map(({ name, forecasts, true: came, forewarned, told, fulls }) => {
      const precision = forecasts === 0 ? "–" : `${Math.round((100 * came) / forecasts)} %`;
      return `| ${[name, forecasts, came, precision, `${forewarned} of ${fulls}`, `${told} of ${fulls}`].join(" | ")} |`;
    }),
  ];
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

const argument = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
};
const [planetLabAt, nabAt, seed] = [argument("planetlab"), argument("nab"), argument("shaped")];
const isForecasts = process.argv.includes("--forecasts");
if (seed !== undefined && !isForecasts) {
  print("Shaped after PlanetLab", planetLabShaped(Number(seed)));
  print("Shaped after NAB", nabShaped(Number(seed)));
}
if (isForecasts) {
  if (nabAt !== undefined)
    printForecasts("disks with real writes", disksOf(nab(nabAt, /ec2_disk_write_bytes|ec2_network_in|NetworkIn/)));
  if (seed !== undefined) printForecasts("made disks", madeDisks(Number(seed)));
}
if (planetLabAt !== undefined) print("PlanetLab", planetLab(planetLabAt));
if (nabAt !== undefined && !isForecasts)
  print("NAB", nab(nabAt, /(ec2|rds)_cpu_utilization|cpu_utilization_asg|ec2_request_latency/));
if (process.argv.includes("--sweep")) {
  process.stdout.write(
    `${sweep.length} disks that fill up and are cleaned: ${falseForecasts(sweep).length} false forecasts\n`,
  );
}
