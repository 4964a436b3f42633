import { errorMessage } from "../error.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { replaceFile } from "../host/replaceFile.ts";
import type { ChartData } from "../past/chart.ts";
import { renderChart } from "../render/chart/chart.ts";
import { complain, type World } from "../world.ts";

/** A chart as a PNG in a file. */
export async function savePicture(world: World, file: string, chart: ChartData): Promise<ExitCode> {
  const problem = await world.rasterise(renderChart(chart)).then((png) => {
    const why = replaceFile(file, png);
    return why === null ? null : `${file}: ${why}`;
  }, errorMessage);
  if (problem === null) return exitCodes.ok;
  complain(world, [`no picture: ${problem}`]);
  return exitCodes.notDelivered;
}
