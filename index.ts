// First of all, before anything that could throw. What is not small is loaded by run(), when this stands.
import { crash } from "./lib/terminal/crash.ts";

import { exitCodes } from "./lib/exit.ts";
import { useOffsets } from "./lib/format.ts";
import { executable, isHidden } from "./lib/host/executable.ts";
import { readOwn } from "./lib/host/readFile.ts";
import { fetchTrusting } from "./lib/host/trust.ts";
import { helperArguments } from "./lib/host/helpers/self.ts";
import { offsetMsOf } from "./lib/host/zones.ts";
import { readBaked } from "./lib/settings/baked.ts";
import { processOutput } from "./lib/terminal/output.ts";
import { version } from "./lib/version.ts";

/** Above every other deadline: whatever hangs, the run ends. */
const overallDeadlineMs = 60_000;
/** By then Discord is not waited for any more, so that there is time to write down how far it went. */
const deliveryDeadlineMs = 55_000;

// Nothing that this program writes is any other user's business.
const callers = { umask: process.umask(0o077), env: { ...process.env } };

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
  if (directory) return (await import("./lib/host/captured.ts")).openCaptured(directory);
  if (process.platform === "linux") return (await import("./lib/host/linux.ts")).thisMachine;
  return (await import("./lib/host/portable.ts")).portableMachine;
}

async function run(argv: readonly string[]) {
  switch (argv[0] ?? "") {
    case helperArguments.systeminformation:
      return (await import("./lib/host/helpers/systeminformationHelper.ts")).answerSysteminformation(argv[1] ?? "");
    case helperArguments.statfs:
      return (await import("./lib/host/helpers/statfsHelper.ts")).answerStatfs();
    case helperArguments.rasterise:
      return (await import("./lib/host/helpers/rasterise.ts")).answerRasterise();
  }
  useOffsets(offsetMsOf);
  const { main } = await import("./lib/main.ts");
  return main({
    argv,
    env: process.env,
    machine: await openMachine(process.env["SERVER_METRICS_MACHINE"]),
    fetch: fetchTrusting,
    random: Math.random,
    output,
    openScreen: async () => (await import("./lib/terminal/screen.ts")).openScreen(output),
    readText: readOwn,
    isHidden,
    isUnsafe: (path) => executable.isRoot && executable.isOthers(path),
    rasterise: async (svg) => (await import("./lib/host/helpers/rasterise.ts")).rasterise(svg),
    runJob: async (command) => {
      for (const deadline of deadlines) clearTimeout(deadline);
      return (await import("./lib/host/jobRun.ts")).runJob(command, callers);
    },
    programFile: process.execPath,
    baked: readBaked(),
    version,
    allowMs,
    signal: overtime.signal,
  });
}

// No top-level await: an uncaught error below one spins for ever in Bun 1.4.5.
run(process.argv.slice(2)).then((code) => process.exit(code), crash);
