import { chownSync } from "node:fs";
import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { openNamespace } from "../support/namespace.ts";
import { namespacesAllowed } from "../support/needs.ts";
import type { Need } from "../support/programNeeds.ts";
import { run, temporaryDirectory } from "../support/project.ts";
import { discordWebhook, onlyRoot, type Provocations, said } from "./provoke.ts";

const namespaces: Need = { what: "root that may mount", there: namespacesAllowed };
const webhook = { DISCORD_WEBHOOK_URL: discordWebhook };
const every30 = ["install", "--cron", "*/30 * * * *"];

const installed = (...options: readonly string[]) => ({
  says: async () => said(webhook, { arguments: ["install", ...options] }),
});

/** On a machine without a program. */
const without = (program: string, option: readonly string[]) => ({
  needs: [namespaces],
  says: async () => {
    await using namespace = await openNamespace();
    await namespace.shell(`path=$(command -v ${program}) && mount --bind /dev/null $path || :`);
    return await said(webhook, { prefix: namespace.enter([]), arguments: ["install", ...option] });
  },
});

/** A schedule that cannot be installed. */
export const installRows: Provocations = {
  "no schedule was chosen": installed(),
  "a schedule without quotes": installed("--cron", "0"),
  "a schedule that cannot be": installed("--cron", "60 * * * *"),
  "cron is not installed": without("crontab", every30.slice(1)),
  "systemd is not there": without("systemctl", ["--systemd"]),
  "the webhook is in your shell alone": installed(...every30.slice(1), "--print"),
  "it lies in `/tmp`": {
    says: async () => {
      using directory = temporaryDirectory();
      const program = join(directory.path, "server-metrics");
      await run(["cp", await binary, program]);
      return await said(webhook, { program, arguments: every30 });
    },
  },
  "it is yours, and root is to run it": {
    needs: [onlyRoot],
    says: async () => {
      const program = `${await binary}-of-nobody`;
      await run(["cp", await binary, program]);
      chownSync(program, 65_534, 65_534);
      const text = await said(webhook, { program, arguments: every30 });
      await run(["rm", program]);
      return text;
    },
  },
};
