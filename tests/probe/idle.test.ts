import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { onMachine } from "../support/binary.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { projectRoot, run, temporaryDirectory } from "../support/project.ts";

/** What few machines have asked for. `limit.ts` and `unit.ts` read settings, `measured.ts` writes numbers. */
const unasked =
  /\/lib\/(?:probe\/(?!limit|unit|measured)|host\/probe\/|host\/jobRun|suggest\/|commands\/(?:suggest|job|probes))/;

/** The modules that a report loads, with some settings. */
async function loadedWith(toml: string): Promise<readonly string[]> {
  await using discord = await fakeDiscord();
  using directory = temporaryDirectory();
  const [loaded, settings] = [join(directory.path, "loaded"), join(directory.path, "settings.toml")];
  await Bun.write(settings, `webhook = "${discord.webhookUrl}"\nsample = 0\n${toml}`);
  const env = {
    ...onMachine("vps-tokyo"),
    MODULE_COUNT: loaded,
    SERVER_METRICS_ALLOW_HOST: discord.host,
    SERVER_METRICS_STATE_DIR: join(directory.path, "state"),
  };
  const preload = ["--no-env-file", "--preload", join(projectRoot, "tests/support/countModules.ts")];
  const command = [process.execPath, ...preload, join(projectRoot, "index.ts"), "--config", settings];
  expect(await run(command, { env, cwd: "/" })).toMatchObject({ status: 0, stderr: "" });
  return readFileSync(loaded, "utf8").trim().split("\n");
}

test("a report on a machine without a check of its owner's loads nothing that asks one", async () => {
  const plain = await loadedWith("");
  expect(plain.length).toBeGreaterThan(50);
  expect(plain.filter((path) => unasked.test(path))).toEqual([]);
  // And this would see it.
  const asking = await loadedWith('[[probe]]\nname = "x"\nfile = "/etc/passwd"\n');
  expect(asking.filter((path) => /\/lib\/(?:probe\/ask|host\/probe\/newest)\.ts$/.test(path))).toHaveLength(2);
});
