import { join } from "node:path";

import { isFresh, machinesDirectory, projectRoot, run } from "./project.ts";

const built = join(projectRoot, "dist/test/server-metrics");

/**
 * The executable under test: what `npm test` built, without a webhook. When a test runs by itself and it is missing or
 * older than the sources, it is built first. Every test goes through the product as it is shipped.
 */
export const binary: Promise<string> = makeBinary();

async function makeBinary(): Promise<string> {
  if (isFresh(built)) return built;
  const { status, stderr } = await run(["sh", "build.sh", "--out", "dist/test"], {
    env: { DISCORD_WEBHOOK_URL: "", SERVER_METRICS_ALLOW_HOST: "" },
  });
  if (status !== 0) throw new Error(`build.sh: ${stderr}`);
  return built;
}

/** The environment that puts a captured machine in place of this one. */
export const onMachine = (name: string): Readonly<Record<string, string>> => ({
  SERVER_METRICS_MACHINE: join(machinesDirectory, name),
});
