import { expect, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { checkout } from "./support/checkout.ts";
import { projectRoot } from "./support/project.ts";

function edit(file: string, from: string | RegExp, to: string): void {
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
}

test("npm run dev shows a captured machine, and again after a save of a source or of a file of the machine", async () => {
  using tree = checkout();
  for (const path of ["tests/dev.ts", "tests/support", "tests/machines/vps-tokyo"]) {
    cpSync(join(projectRoot, path), tree.at(path), { recursive: true });
  }
  await using child = Bun.spawn([process.execPath, "--no-env-file", tree.at("tests/dev.ts")], { stdout: "pipe" });
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  /** What is printed from now on, until it has that text. */
  const until = async (text: string): Promise<string> => {
    let printed = "";
    while (!printed.includes(text)) printed += (await output.read()).value ?? expect.unreachable();
    return printed;
  };
  await until("vps-tokyo  All well");
  edit(tree.at("lib/words/en/card.ts"), '"All well"', '"All fine"');
  await until("vps-tokyo  All fine");
  edit(tree.at("tests/machines/vps-tokyo/proc/meminfo"), /^MemAvailable.*$/m, "MemAvailable: 100000 kB");
  await until("Critical: memory 95");
});
