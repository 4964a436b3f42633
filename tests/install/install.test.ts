import { expect } from "bun:test";

import { fakeDiscord } from "../support/fakeDiscord.ts";
import { openNamespace } from "../support/namespace.ts";
import { binary, testWith } from "../support/needs.ts";
import { quoted } from "../support/project.ts";

/**
 * A machine with the program and its settings in /usr/local/sbin, where everything is in memory, and with no crontab
 * yet; `setup` puts the `crontab` there.
 */
async function openMachine(webhook: string, setup: string) {
  const box = await openNamespace();
  await box.shell(`
mount -t tmpfs -o mode=755 tmpfs /usr/local/sbin
mount -t tmpfs -o mode=755 tmpfs /var/spool
mkdir -p /var/spool/cron/crontabs
cp ${quoted(binary)} "/usr/local/sbin/server 100%"
printf 'webhook = "%s"\\n' '${webhook}' >/usr/local/sbin/server-metrics.toml
${setup}`);
  const program = ["env", "-i", "HOME=/root", "/usr/local/sbin/server 100%"];
  return {
    program: (...args: readonly string[]) => box.run([...program, ...args]),
    shell: box.shell,
    crontab: async () => (await box.run(["crontab", "-l"])).stdout,
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
}

const install = [
  "install",
  "--cron",
  "*/30 * * * *",
  "--name",
  "é 5%",
  "--state-dir",
  "none",
  "--splay",
  "0",
  "--sample",
  "0",
];
const mine = 'MAILTO=""\n\n# caf\u00e9\n5 4 * * *\tdate +\\%F  \n';

/** Where it is found without a PATH, too. */
const provide = (program: string) => `ln -s "$(command -v ${program})" /usr/local/sbin/crontab`;

const crontabs = [
  ["Debian's crontab", "crontab"],
  ["BusyBox's crontab", "busybox"],
] as const;

for (const [whose, program] of crontabs) {
  testWith(program)(`${whose} gets one line, which posts a card, and loses it again`, async () => {
    await using discord = await fakeDiscord();
    await using machine = await openMachine(discord.webhookUrl, provide(program));
    const empty = await machine.crontab();
    expect(await machine.program(...install)).toMatchObject({ status: 0, stderr: "" });
    expect((await machine.crontab()).slice(empty.length).split("\n")).toHaveLength(2);
    const { stdout } = await machine.program("status");
    expect(stdout).toMatch(/^[■ ] Schedule {2}your crontab: /m);
    expect(stdout).toContain((await machine.crontab()).slice(empty.length).trimEnd());
    expect(await machine.program("uninstall")).toMatchObject({ status: 0, stderr: "" });
    expect(await machine.crontab()).toBe(empty);

    await machine.shell(`crontab - <<'end'\n${mine}end`);
    await machine.program(...install);
    await machine.program(...install);
    const installed = await machine.crontab();
    const [line = "", ...more] = installed.slice(mine.length).split("\n");
    expect([installed.slice(0, mine.length), more]).toEqual([mine, [""]]);
    const command = line.replace("*/30 * * * * ", "").replaceAll("\\%", "%");
    const said = await machine.shell(`env -i SERVER_METRICS_ALLOW_HOST=${discord.host} sh -c ${quoted(command)}`);
    expect(said).toBe("");
    expect(discord.messages).toMatchObject([{ username: "é 5%" }]);
    await machine.program("uninstall");
    expect(await machine.crontab()).toBe(mine);
  });
}

testWith()("a crontab that cannot be read is not overwritten", async () => {
  const refuse = `
cat >/usr/local/sbin/crontab <<'end'
#!/bin/sh
echo "You (root) are not allowed to use this program (crontab)" >&2
echo "See crontab(1) for more information" >&2
[ "$1" = -l ] || echo overwritten >&2
exit 1
end
chmod 755 /usr/local/sbin/crontab`;
  await using machine = await openMachine("https://discord.com/api/webhooks/1/x", refuse);
  const { status, stdout, stderr } = await machine.program(...install);
  expect({ status, stdout }).toEqual({ status: 73, stdout: "" });
  expect(stderr).toBe(
    "server-metrics: crontab ended with status 1: You (root) are not allowed to use this program (crontab); " +
      "See crontab(1) for more information\n",
  );
});
