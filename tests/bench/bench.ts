/**
 * What a run costs, as `npm run bench`: medians of rounds in turn, each also as a ratio to an empty compiled program in the
 * same run, because the machine's speed drifts.
 */
import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { run, temporaryDirectory } from "../support/project.ts";

const rounds = 20;

interface Round {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** From starting the program to its request; null where it sends none. */
  readonly requestMs: number | null;
}

using home = temporaryDirectory();
await using discord = await fakeDiscord();
const program = await binary;
const empty = join(home.path, "empty");
await Bun.write(`${empty}.ts`, "");
await run([
  "node_modules/.bin/bun",
  "build",
  "--compile",
  "--bytecode",
  "--format=esm",
  `${empty}.ts`,
  "--outfile",
  empty,
]);

const contenders = [
  ["an empty program", [empty], "none"],
  ["--version", [program, "--version"], "none"],
  ["report --sample 0, without state", [program, "--sample", "0"], "none"],
  ["report --sample 0, with state", [program, "--sample", "0"], join(home.path, "state")],
  ["report", [program], join(home.path, "state")],
] as const;

async function measure(command: readonly string[], stateDirectory: string): Promise<Round> {
  const before = discord.requests.length;
  const env = {
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    SERVER_METRICS_ALLOW_HOST: discord.host,
    SERVER_METRICS_STATE_DIR: stateDirectory,
  };
  const [begunMs, begun] = [Date.now(), performance.now()];
  const child = Bun.spawn([...command], { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  await child.exited;
  const wallMs = performance.now() - begun;
  const request = discord.requests[before];
  const { cpuTime } = child.resourceUsage() ?? {};
  return {
    wallMs,
    cpuMs: Number(cpuTime?.total ?? 0) / 1000,
    requestMs: request === undefined ? null : request.timeMs - begunMs,
  };
}

const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

const measured = contenders.map(() => new Array<Round>());
for (let round = 0; round <= rounds; round += 1) {
  for (const [index, [, command, state]] of contenders.entries()) {
    const result = await measure(command, state);
    // The first round warms the caches.
    if (round > 0) measured[index]?.push(result);
  }
}
const emptyMs = median((measured[0] ?? []).map(({ wallMs }) => wallMs));
console.log("| command | wall | of an empty program | CPU | to the request |\n| --- | --: | --: | --: | --: |");
for (const [index, [name]] of contenders.entries()) {
  const all = measured[index] ?? [];
  const wallMs = median(all.map((one) => one.wallMs));
  const requests = all.flatMap(({ requestMs }) => requestMs ?? []);
  const request = requests.length === 0 ? "" : `${median(requests).toFixed(0)} ms`;
  const cpu = `${median(all.map((one) => one.cpuMs)).toFixed(0)} ms`;
  console.log(
    `| ${[name, `${wallMs.toFixed(0)} ms`, `${(wallMs / emptyMs).toFixed(1)}×`, cpu, request].join(" | ")} |`,
  );
}
