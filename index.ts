// First of all, before anything that could throw.
import { crash } from "./lib/crash.ts";

import { readFileSync } from "node:fs";

import { readBaked } from "./lib/baked.ts";
import { exitCodes } from "./lib/exit.ts";
import { main } from "./lib/main.ts";
import { processOutput } from "./lib/output.ts";
import { thisMachine } from "./lib/sources/linux.ts";
import { answerRasterise, rasterise, rasteriseArgument } from "./lib/sources/rasterise.ts";
import { answerStatfs, statfsArgument } from "./lib/sources/statfsHelper.ts";
import { answerSysteminformation, systeminformationArgument } from "./lib/sources/systeminformationHelper.ts";
import { version } from "./lib/version.ts";

/** Above every other deadline: whatever hangs, the run ends. */
const overallDeadlineMs = 60_000;
/** By then Discord is not waited for any more, so that there is time to write down how far it went. */
const deliveryDeadlineMs = 55_000;

// Nothing that this program writes is any other user's business.
process.umask(0o077);

// Until the program has said otherwise; a promise that never settles would end the process silently, with success.
process.exitCode = exitCodes.bug;

// Set to "curl" by a developer, it makes the runtime print each request, the webhook's address with it.
process.env["BUN_CONFIG_VERBOSE_FETCH"] = "false";

const output = processOutput();
const overtime = new AbortController();
let deadlines = setDeadlines(0);

function setDeadlines(extraMs: number) {
  return [
    setTimeout(() => overtime.abort(), deliveryDeadlineMs + extraMs),
    setTimeout(giveUp, overallDeadlineMs + extraMs),
  ];
}

function giveUp(): void {
  output.error("server-metrics: not finished in time, giving up\n");
  process.exit(exitCodes.notDelivered);
}

/** A wait that was asked for does not count against the deadlines. */
function allowMs(ms: number): void {
  for (const deadline of deadlines) clearTimeout(deadline);
  deadlines = setDeadlines(ms);
}

/** A captured machine in place of this one, for tests; see tests/machines/README.md. */
async function openMachine(directory: string | undefined) {
  if (directory) return (await import("./lib/sources/captured.ts")).openCaptured(directory);
  return process.platform === "linux" ? thisMachine : (await import("./lib/sources/portable.ts")).portableMachine;
}

async function run(argv: readonly string[]) {
  if (argv[0] === systeminformationArgument) return answerSysteminformation(argv[1] ?? "");
  if (argv[0] === statfsArgument) return answerStatfs();
  if (argv[0] === rasteriseArgument) return answerRasterise();
  return main({
    argv,
    env: process.env,
    machine: await openMachine(process.env["SERVER_METRICS_MACHINE"]),
    fetch,
    random: Math.random,
    output,
    openScreen: async () => (await import("./lib/screen.ts")).openScreen(output),
    readText: (path) => readFileSync(path, "utf8"),
    rasterise,
    programFile: process.execPath,
    baked: readBaked(),
    version,
    allowMs,
    signal: overtime.signal,
  });
}

// No top-level await: an uncaught error below one spins for ever in Bun 1.4.5.
run(process.argv.slice(2)).then((code) => process.exit(code), crash);
