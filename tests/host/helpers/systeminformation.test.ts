import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { helperArguments } from "../../../lib/host/helpers/self.ts";
import { askSysteminformation } from "../../../lib/host/helpers/systeminformationHelper.ts";
import { thisMachine } from "../../../lib/host/linux.ts";
import { parseMeminfo } from "../../../lib/metrics/memory.ts";
import { run, temporaryDirectory } from "../../support/project.ts";

test("a call is answered by a helper process", async () => {
  const { totalBytes } = parseMeminfo(await thisMachine.host.readProc("meminfo"));
  expect(JSON.parse(await askSysteminformation("mem"))).toMatchObject({ total: totalBytes });
});

test("the helper does not see the environment, where the webhook may be", async () => {
  const command = ["/bin/sh", "-c", 'echo "$DISCORD_WEBHOOK_URL$HOME|$PATH" #'];
  expect(await askSysteminformation("mem", { command })).toStartWith("|/usr/local/sbin:");
});

test("a helper that fails is an error that says so", () => {
  const asked = askSysteminformation("mem", { command: ["/bin/sh", "-c", "exit 3", "sh"] });
  expect(asked).rejects.toThrow("systeminformation ended with status 3");
});

test("a call that hangs is killed with everything that it started", async () => {
  using directory = temporaryDirectory();
  const pids = join(directory.path, "pids");
  const command = ["/bin/sh", "-c", `sleep 1000 & echo $$ $! >${pids}; wait; :`, "sh"];
  const answer = await askSysteminformation("mem", { command, deadlineMs: 300 }).catch(String);
  expect(answer).toBe("Error: systeminformation did not answer within 0.3 s");
  const started = readFileSync(pids, "utf8").trim().split(" ");
  expect(started).toHaveLength(2);
  for (let tries = 0; tries < 100 && started.some(isAlive); tries += 1) await run(["true"]);
  expect(started.filter(isAlive)).toEqual([]);
});

function isAlive(pid: string): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

test("a plain report does not load systeminformation", async () => {
  using directory = temporaryDirectory();
  const trap = join(directory.path, "trap.ts");
  writeFileSync(
    trap,
    `Bun.plugin({ name: "trap", setup: (build) => void build.onLoad({ filter: /systeminformation.lib.index\\.js$/ }, () => {
      console.error("loaded");
      process.exit(99);
    }) });`,
  );
  const program = (...args: readonly string[]) => run([process.execPath, "--preload", trap, "index.ts", ...args]);
  const report = await program("--dry-run", "--sample", "0", "--state-dir", "none");
  expect(report).toMatchObject({ status: 0, stderr: "" });
  expect(await program(helperArguments.systeminformation, "mem")).toMatchObject({ status: 99, stderr: "loaded\n" });
});
