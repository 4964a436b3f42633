import { expect, test } from "bun:test";

import { rasterise } from "../../../lib/host/helpers/rasterise.ts";
import { run, temporaryDirectory } from "../../support/project.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"><rect width="8" height="4" fill="#f00"/></svg>';

test("a picture is drawn by a helper process", async () => {
  const png = await rasterise(svg);
  expect(await new Bun.Image(png).metadata()).toMatchObject({ format: "png", width: 8, height: 4 });
});

test("a helper that fails, says nothing, hangs or cannot be started is an error", async () => {
  const failing = (script: string) => rasterise(svg, { command: ["/bin/sh", "-c", script, "sh"], deadlineMs: 300 });
  expect(failing("exit 3")).rejects.toThrow("the drawing process ended with status 3");
  expect(failing("kill -9 $$")).rejects.toThrow("the drawing process ended with status");
  expect(failing("exec sleep 1000")).rejects.toThrow("the drawing process did not end within 0.3 s");
  expect(rasterise(svg, { command: ["/no/such/program"] })).rejects.toThrow();
  expect(rasterise("no picture")).rejects.toThrow("the drawing process ended with status");
});

test("the helper does not see the environment, where the webhook may be", async () => {
  const command = ["/bin/sh", "-c", 'echo "$DISCORD_WEBHOOK_URL$HOME|" #'];
  expect(new TextDecoder().decode(await rasterise(svg, { command }))).toBe("|\n");
});

test("a plain report loads nothing of what draws", async () => {
  using directory = temporaryDirectory();
  const trap = join(directory.path, "trap.ts");
  writeFileSync(
    trap,
    `Bun.plugin({ name: "trap", setup: (build) => void build.onLoad({ filter: /resvg-wasm.*\\.m?js$/ }, () => {
      console.error("loaded");
      process.exit(99);
    }) });`,
  );
  const program = (...args: readonly string[]) => run([process.execPath, "--preload", trap, "index.ts", ...args]);
  const report = await program("--dry-run", "--sample", "0", "--state-dir", "none");
  expect(report).toMatchObject({ status: 0, stderr: "" });
  expect(await program("__rasterise")).toMatchObject({ status: 99 });
});
