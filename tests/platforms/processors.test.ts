import { expect } from "bun:test";
import * as v from "valibot";

import { rasterise } from "../../lib/host/helpers/rasterise.ts";
import { chartOf } from "../../lib/past/chart.ts";
import { renderChart } from "../../lib/render/chart/chart.ts";
import { en } from "../../lib/words/en.ts";
import { version } from "../../package.json";
import { onMachine } from "../support/binary.ts";
import { days } from "../support/day.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { type Need, onX64, packageFile, program } from "../support/programNeeds.ts";
import { toolFile } from "../tools/tools.ts";
import { run } from "../support/project.ts";
import { namesOk, parseShown, show, valueOf } from "../support/shown.ts";
import { binaryFor, platformTest } from "./targets.ts";

const captured = onMachine("vps-tokyo");
const showArguments = show.slice(1);

const armLibraries = "/usr/aarch64-linux-gnu";
const arm: readonly Need[] = [program("qemu-aarch64-static"), packageFile(armLibraries)];
const whereIs = (name: string) => Bun.which(name) ?? name;
const onArm = () => [
  whereIs("qemu-aarch64-static"),
  "-L",
  toolFile(armLibraries) ?? armLibraries,
  binaryFor("linux-arm64"),
];

const x64: readonly Need[] = [onX64, program("qemu-x86_64-static")];
const onCpu = (model: string) => [whereIs("qemu-x86_64-static"), "-cpu", model, binaryFor("linux-x64")];

const emulated = [
  ["arm64", arm, onArm],
  ["a Nehalem of 2008", x64, () => onCpu("Nehalem")],
] as const;

/** What a machine's report says, but for the time it was made. */
const Document = v.looseObject({ observations: v.array(v.unknown()), readings: v.record(v.string(), v.unknown()) });

async function reportOf(command: readonly string[]): Promise<v.InferOutput<typeof Document>> {
  const { status, stdout, stderr } = await run([...command, ...showArguments], { env: captured });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return v.parse(Document, JSON.parse(stdout));
}

platformTest("the arm64 binary starts", arm, async () => {
  expect(await run([...onArm(), "--version"])).toEqual({
    status: 0,
    stdout: `server-metrics ${version}\n`,
    stderr: "",
  });
});

for (const [name, needs, command] of emulated) {
  platformTest(`${name} reports of a captured machine what x64 reports`, [onX64, ...needs], async () => {
    expect(await reportOf(command())).toEqual(await reportOf([binaryFor("linux-x64")]));
  });

  platformTest(`${name} reports of this machine what x64 reports`, [onX64, ...needs], async () => {
    const [there, here] = [
      parseShown(await run([...command(), ...showArguments])),
      parseShown(await run([binaryFor("linux-x64"), ...showArguments])),
    ];
    // A helper process cannot be emulated without the kernel's help (binfmt_misc), and the inventory comes from one.
    const withoutHelpers = (names: readonly string[]) => names.filter((one) => one !== "inventory");
    expect(withoutHelpers(namesOk(there))).toEqual(withoutHelpers(namesOk(here)));
    for (const key of ["memory_total_bytes", 'storage_total_bytes{mount="/"}']) {
      expect(valueOf(there, key)).toBe(valueOf(here, key));
    }
  });

  platformTest(`${name} draws the chart that x64 draws`, [onX64, ...needs], async () => {
    const svg = renderChart(chartOf(days.gap, { timezone: "Asia/Tokyo", units: "iec" }), en);
    const draw = async (drawer: readonly string[], tries = 5): Promise<Uint8Array> => {
      try {
        return await rasterise(svg, { command: drawer, deadlineMs: 100_000 });
      } catch (error) {
        // The helper gives up after ten seconds, which an emulated one may need on a busy machine.
        if (tries === 1) throw error;
        return draw(drawer, tries - 1);
      }
    };
    expect(await draw(command())).toEqual(await draw([binaryFor("linux-x64")]));
  });

  platformTest(`${name} posts its report`, needs, async () => {
    await using discord = await fakeDiscord();
    const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
    const report = ["report", "--state-dir", "none"];
    const finished = await run([...command(), ...report], { env: { ...captured, ...env } });
    expect(finished).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run([...command(), ...report, "--sample", "0"], { env })).toEqual(finished);
    expect(discord.messages).toHaveLength(2);
    expect(JSON.stringify(discord.messages[0])).toContain("vps-tokyo");
  });
}
