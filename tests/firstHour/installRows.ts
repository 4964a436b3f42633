import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { type Namespace, openNamespace } from "../support/namespace.ts";
import { namespaces } from "../support/needs.ts";
import { projectRoot, quoted, run, temporaryDirectory } from "../support/project.ts";
import { discordWebhook, type Provocations, said } from "./provoke.ts";

const webhook = { DISCORD_WEBHOOK_URL: discordWebhook };
const every30 = ["install", "--cron", "*/30 * * * *"];

const installed = (...options: readonly string[]) => ({
  says: async () => said(webhook, { arguments: ["install", ...options] }),
});

/** A copy in a place from which it may be installed: this checkout may lie below /tmp, or be another user's. */
async function settle(namespace: Namespace, more = "") {
  const program = "/usr/local/sbin/server-metrics";
  await namespace.shell(`mount -t tmpfs -o mode=755 tmpfs /usr/local/sbin
    install -m 755 ${quoted(await binary)} ${program}; ${more}`);
  return { program, prefix: namespace.enter([]) };
}

/** On a machine without a program. */
const without = (program: string, option: readonly string[]) => ({
  needs: [namespaces],
  says: async () => {
    await using namespace = await openNamespace();
    const settled = await settle(namespace, `path=$(command -v ${program}) && mount --bind /dev/null $path || :`);
    return await said(webhook, { ...settled, arguments: ["install", ...option] });
  },
});

const isTemporary = /^\/(tmp|var\/tmp|dev\/shm|run)\//.test(projectRoot);

/** A schedule that cannot be installed. */
export const installRows: Provocations = {
  "two schedules were chosen": installed("--cron", "* * * * *", "--systemd"),
  "a schedule without quotes": installed("--cron", "0"),
  "a schedule that cannot be": installed("--cron", "60 * * * *"),
  "cron is not installed": without("crontab", every30.slice(1)),
  "systemd is not there": without("systemctl", ["--systemd"]),
  "the webhook is in your shell alone": {
    needs: [{ what: "a checkout outside of /tmp or root that may mount", there: namespaces.there || !isTemporary }],
    says: async () => {
      const command = { arguments: [...every30, "--print"] };
      await using namespace = namespaces.there ? await openNamespace() : null;
      return await said(webhook, namespace === null ? command : { ...(await settle(namespace)), ...command });
    },
  },
  "it lies in `/tmp`": {
    says: async () => {
      using directory = temporaryDirectory();
      const program = join(directory.path, "server-metrics");
      await run(["cp", await binary, program]);
      return await said(webhook, { program, arguments: every30 });
    },
  },
  "it is yours, and root is to run it": {
    needs: [namespaces],
    says: async () => {
      await using namespace = await openNamespace();
      const settled = await settle(namespace, "chown 65534:65534 /usr/local/sbin/server-metrics");
      return await said(webhook, { ...settled, arguments: every30 });
    },
  },
};
