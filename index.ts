// First of all, before anything that could throw.
import { crash } from "./lib/crash.ts";

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { readBaked } from "./lib/baked.ts";
import { exitCodes } from "./lib/exit.ts";
import { main } from "./lib/main.ts";
import { processOutput } from "./lib/output.ts";
import { thisMachine } from "./lib/sources/linux.ts";
import { version } from "./lib/version.ts";

/** Above every other deadline: whatever hangs, the run ends. */
const overallDeadlineMs = 60_000;

// Until the program has said otherwise; a promise that never settles would end the process silently, with success.
process.exitCode = exitCodes.bug;

const output = processOutput();
setTimeout(() => {
  output.error(`server-metrics: not finished within ${overallDeadlineMs / 1000} s, giving up\n`);
  process.exit(exitCodes.notDelivered);
}, overallDeadlineMs).unref();

/** A captured machine in place of this one, for tests; see tests/machines/README.md. */
async function openMachine(directory: string | undefined) {
  return directory ? (await import("./lib/sources/captured.ts")).openCaptured(directory) : thisMachine;
}

// No top-level await: an uncaught error below one spins for ever in Bun 1.4.5.
openMachine(process.env["SERVER_METRICS_MACHINE"])
  .then((machine) =>
    main({
      argv: process.argv.slice(2),
      env: process.env,
      machine,
      fetch,
      random: Math.random,
      output,
      readText: (path) => readFileSync(path, "utf8"),
      fileBesideProgram: join(dirname(process.execPath), "server-metrics.toml"),
      baked: readBaked(),
      version,
    }),
  )
  .then((code) => process.exit(code), crash);
