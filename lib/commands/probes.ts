import { exitCodes } from "../exit.ts";
import { createFormat } from "../format.ts";
import { probes as metric } from "../metrics/probes.ts";
import { askAll } from "../probe/ask.ts";
import type { Config } from "../settings/config.ts";
import type { World } from "../world.ts";
import { type Finding, finding } from "./findings.ts";

/** What each check of the owner's says now; one that is not known is a problem of the settings or of a right. */
export async function checkProbes(
  { machine, words, output }: World,
  config: Pick<Config, "probes" | "units">,
): Promise<readonly Finding[]> {
  output.doing("asking your own checks");
  const found = await askAll(machine.host, config.probes, { before: null, clock: machine.clock });
  const wording = { words, format: createFormat(config.units) };
  return found.map((one) => {
    const [row] = metric.describe([one], { sample: null, report: null }, wording);
    const says = `${one.probe}: ${words.list(row?.lines ?? [])}`;
    return finding("probe", one.state === null ? says : null, says, exitCodes.config);
  });
}
