import { type Flags, rendererFor, type Renderers } from "../cli/parse.ts";
import { hourMs } from "../clock.ts";
import { errorMessage } from "../errors.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { replaceFile } from "../host/replaceFile.ts";
import { type ChartData, chartOf, gapsIn, incidentsIn } from "../past/chart.ts";
import { type Course, newCourse, summariesOf } from "../past/summary.ts";
import { renderHistoryCsv, renderHistoryJson } from "../render/data.ts";
import { type History, renderHistory } from "../render/terminal/history.ts";
import { textOptions } from "../render/terminal/options.ts";
import type { Config } from "../settings/config.ts";
import { readChanges } from "../state/changes.ts";
import { choiceOf } from "../state/opening.ts";
import { type Past, readChartRuns, readCourse, readPast } from "../state/past.ts";
import { consult } from "../state/reading.ts";
import type { Words } from "../words/en.ts";
import { complain, type World } from "../world.ts";

const most = 9600;
const usual = 24;

/** Prints the past of the key metrics from the state. Measures and changes nothing. */
export async function history(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const hours = flags.days === undefined ? Number(flags.hours ?? usual) : Number(flags.days) * 24;
  const misuse = misuseOf(flags, hours);
  if (misuse !== null) {
    complain(world, [misuse]);
    return exitCodes.usage;
  }
  const toMs = world.machine.clock.now();
  const fromMs = toMs - hours * hourMs;
  const choice = await choiceOf(world, flags);
  const remembered = await consult(choice, toMs, (database) => ({
    past: readPast(database),
    changes: readChanges(database, fromMs, toMs),
    charted: flags.png === undefined ? [] : readChartRuns(database, fromMs, toMs),
    course: flags.png === undefined ? readCourse(database, fromMs, toMs) : newCourse([], 0),
  }));
  if (remembered === null) {
    complain(world, ["no history: nothing is recorded here yet, or it cannot be read; see server-metrics check"]);
    return exitCodes.noState;
  }
  const { past, changes, charted, course } = remembered;
  if (flags.png !== undefined) {
    const input = { span: [fromMs, toMs], runs: charted, incidents: past.incidents, changes } as const;
    return savePicture(world, flags.png, chartOf(input, config));
  }
  const name = config.name ?? hostName(past, world.words);
  const summaries = summariesOf(course, fromMs, toMs);
  const render = rendererFor(renderers, flags);
  const events = { incidents: incidentsIn(past.incidents, [fromMs, toMs]), gaps: gapsIn(course.atMs, [fromMs, toMs]) };
  const shown = { name, fromMs, toMs, runs: course.runs, summaries, changes, course, ...events };
  for (const text of await render(shown, world, config)) {
    world.output.out(text);
    // Or those that were written pile up.
    Bun.gc(true);
  }
  return exitCodes.ok;
}

interface Shown extends History {
  readonly course: Course;
}

/** Its pieces, so that megabytes need not be in memory at once. */
type Pieces = Iterable<string>;

const renderers: Renderers<(shown: Shown, world: World, config: Config) => Pieces | Promise<Pieces>> = {
  text: async (shown, world, config) => {
    const { words } = world;
    const forms = await words.later.history();
    return [renderHistory(shown, { ...textOptions(world, config, Bun), words, forms })];
  },
  json: (shown, { words }) => [renderHistoryJson(shown, words)],
  csv: ({ course }, { words }) => renderHistoryCsv(course, words),
};

function misuseOf({ hours: typed, days, csv, json, png }: Flags, hours: number): string | null {
  if (typed !== undefined && days !== undefined) return "--hours and --days: expected one of them";
  if (!(hours > 0 && hours <= most)) {
    const [unit, limit] = days === undefined ? ["hours", most] : ["days", most / 24];
    return `--${unit}: expected a number of ${unit} above 0, up to ${limit}, got ${JSON.stringify(days ?? typed)}`;
  }
  const forms = [csv, json, png].filter((form) => form !== undefined);
  return forms.length > 1 ? "--csv, --json and --png: expected one of them" : null;
}

function hostName({ lastRun }: Past, { report }: Words): string {
  const host = lastRun?.readings.host;
  return (host?.status === "ok" ? host.value.hostname : null) ?? report.unnamedMachine;
}

/** A chart as a PNG in a file. */
async function savePicture(world: World, file: string, chart: ChartData): Promise<ExitCode> {
  const { renderChart } = await import("../render/chart/chart.ts");
  const problem = await world.rasterise(renderChart(chart, world.words)).then((png) => {
    const why = replaceFile(file, png);
    return why === null ? null : `${file}: ${why}`;
  }, errorMessage);
  if (problem === null) return exitCodes.ok;
  complain(world, [`no picture: ${problem}`]);
  return exitCodes.notDelivered;
}
