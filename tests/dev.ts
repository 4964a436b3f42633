/**
 * Shows a captured machine, and shows it again after every save below lib/ or tests/machines/:
 *
 *     npm run dev                     what `show` prints of vps-tokyo
 *     npm run dev -- hot show --json   another machine, another command
 */
import { watch } from "node:fs";
import { join } from "node:path";

import { onMachine } from "./support/binary.ts";
import { projectRoot } from "./support/project.ts";

const [machine = "vps-tokyo", ...rest] = process.argv.slice(2);
const command = rest.length === 0 ? ["show"] : rest;
const environment = { ...process.env, ...onMachine(machine), SERVER_METRICS_STATE_DIR: "none" };
const clearScreen = "\x1b[2J\x1b[3J\x1b[H";

async function draw(): Promise<void> {
  process.stdout.write(clearScreen);
  const program = [process.execPath, "--no-env-file", join(projectRoot, "index.ts"), ...command];
  await Bun.spawn(program, { env: environment, stdin: "ignore", stdout: "inherit", stderr: "inherit" }).exited;
}

let isStale = false;
let isDrawing = false;

/** One drawing at a time; an editor saves a file in several steps. */
async function redraw(): Promise<void> {
  isStale = true;
  if (isDrawing) return;
  isDrawing = true;
  while (isStale) {
    isStale = false;
    await draw();
  }
  isDrawing = false;
}

for (const directory of ["lib", "tests/machines"]) {
  watch(join(projectRoot, directory), { recursive: true }, () => void redraw());
}
void redraw();
