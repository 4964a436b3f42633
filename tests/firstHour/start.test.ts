import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { checkout } from "../support/checkout.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { openNamespace } from "../support/namespace.ts";
import { testWith } from "../support/needs.ts";
import { hangMs } from "../support/programNeeds.ts";
import { projectRoot, quoted } from "../support/project.ts";

/** The server is a directory in memory; the tools that reach it, and its crontab, are shell scripts in there. */
const server = "/usr/local/sbin";
const tools = {
  scp: `cp -p "$2" "${server}/\${3#*:}"`,
  ssh: `cd ${server} && shift && HOME=${server} exec sh -c "$*"`,
  crontab: `case $1 in -l) cat ${server}/table 2>/dev/null || : ;; *) cat >${server}/table ;; esac`,
};

const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
const [, commands = ""] = /^## Start\n.*?^```sh\n(.*?)^```/ms.exec(readme) ?? [];
const placeholder = "https://discord.com/api/webhooks/…";

testWith()(
  "the commands of the README's start lead to a card and a schedule",
  async () => {
    await using discord = await fakeDiscord();
    using tree = checkout();
    await using machine = await openNamespace();
    await machine.shell(`mount -t tmpfs -o mode=755 tmpfs ${server}`);
    for (const [name, script] of Object.entries(tools)) {
      await machine.shell(`printf '%s\\n' '#!/bin/sh' '${script}' >${server}/${name}; chmod 755 ${server}/${name}`);
    }
    expect(commands.trim().split("\n")).toHaveLength(3);
    expect(commands).toContain(placeholder);
    const script = `cd ${quoted(tree.at())}; ${commands.replace(placeholder, discord.webhookUrl)}`;
    const PATH = `${server}:${process.env["PATH"] ?? ""}`;
    const environment = { PATH, SERVER_METRICS_ALLOW_HOST: discord.host, XDG_STATE_HOME: "" };
    expect(await machine.run(["sh", "-euc", script], environment)).toMatchObject({ status: 0, stderr: "" });
    expect(discord.messages.length).toBeGreaterThan(0);
    expect(await machine.shell(`cat ${server}/table`)).toMatch(
      /^\*\/5 \* \* \* \* .*\/server-metrics --card-every=30m --splay=20( 2>&1 \| \S+ -t server-metrics)? # server-metrics install\n$/,
    );
  },
  hangMs,
);
