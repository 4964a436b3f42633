import { errorMessage } from "../../errors.ts";
import type { ChartData } from "../../past/chart.ts";
import { complain, type World } from "../../world.ts";

/** A chart as a PNG; null for none, and when it cannot be drawn: a card without one is better than no card. */
export async function draw(world: World, chart: ChartData | null): Promise<Uint8Array | null> {
  if (chart === null) return null;
  try {
    const { renderChart } = await import("../../render/chart/chart.ts");
    return await world.rasterise(renderChart(chart, world.words));
  } catch (error) {
    if (world.output.isTerminal) complain(world, [`the card goes without a chart: ${errorMessage(error)}`]);
    return null;
  }
}
