import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { fakeDiscord } from "../support/fakeDiscord.ts";
import { testWith } from "../support/needs.ts";
import { temporaryDirectory } from "../support/project.ts";
import { openCron } from "./scheduler.ts";

const program = "/srv/server-metrics";

/** Set-ups that break by themselves, and what `status` says of each; tests/commands/status.test.ts has all of them. */
const broken: Readonly<Record<string, readonly [breakIt: string, says: string]>> = {
  "state that others may change": ["chmod 777 /srv/state", "■ State     /srv/state may be written to by other users"],
  "program that was removed": ["mv /srv/server-metrics /srv/moved", "/srv/server-metrics cannot be started"],
  "two schedules": [
    `echo '*/30 * * * * root ${program} --state-dir /srv/state' >/etc/cron.d/metrics`,
    "■ Schedule  2 schedules post cards and share one state (your crontab, /etc/cron.d/metrics): remove one",
  ],
  "settings of another user": [
    "chown 1000 /srv/server-metrics.toml",
    "settings file /srv/server-metrics.toml may be changed by others, so root does not use it",
  ],
  "a line that never runs": [
    `echo '0 0 31 2 * ${program} --state-dir /srv/state' | crontab -`,
    "■ Schedule  your crontab: ",
  ],
};

testWith(
  "cron",
  "crontab",
  "mkfs.ext4",
)("under a real cron, status or the card says what is broken, and that nothing is when it is mended", async () => {
  using directory = temporaryDirectory();
  await using discord = await fakeDiscord();
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("no", { status: 404 }) });
  server.unref();
  const file = join(directory.path, "settings.toml");
  writeFileSync(file, `webhook = "${discord.webhookUrl}"\n`);
  await using box = await openCron({ allowed: discord.host, settings: () => file });
  const shell = (line: string) => box.shell(`export SERVER_METRICS_ALLOW_HOST=${discord.host} HOME=/root; ${line}`);
  const status = (by = program) =>
    shell(`${by} status --state-dir /srv/state --config /srv/server-metrics.toml 2>&1 || echo "exit $?"`);
  const report = () => shell(`${program} --sample 0 --state-dir /srv/state 2>&1 || echo "exit $?"`);
  // Cron itself must not look in between.
  await shell(`
mkdir -p /etc/cron.d
crontab -l | sed 's/^\\* /59 /; s/^59 \\*/59 23/' >/srv/table
crontab /srv/table`);
  await report();
  expect(await status()).toContain("■ Schedule  your crontab: cron is not running");
  await box.start();
  expect(await status()).not.toContain("exit");
  await shell("cp -a /srv/state /srv/sound; cp -p /srv/server-metrics.toml /srv/toml");
  const mend = () =>
    shell(`[ ! -e /srv/moved ] || mv /srv/moved ${program}
rm -rf /srv/state; cp -a /srv/sound /srv/state
crontab /srv/table; cp -p /srv/toml /srv/server-metrics.toml; rm -f /etc/cron.d/metrics`);
  for (const [name, [breakIt, says]] of Object.entries(broken)) {
    await shell(breakIt);
    const told = await status(breakIt.startsWith("mv") ? "/srv/moved" : program);
    expect(`${name}: ${told}`).toContain(says);
    expect(`${name}: ${told}`).toContain("exit 75");
    await mend();
  }
  expect(await status()).not.toContain("exit");

  await shell(
    "mount -t tmpfs -o size=400k,mode=700 tmpfs /srv/state; cp -a /srv/sound/. /srv/state/; dd if=/dev/zero of=/srv/state/fill bs=1k 2>/dev/null || :",
  );
  expect(await report()).toMatch(/the disk is full: make room\nexit 73\n$/);
  expect(JSON.stringify(discord.messages.at(-1))).toContain("the disk is full");
  await shell("umount /srv/state");

  await shell(`echo 'heartbeat = "http://127.0.0.1:${server.port}/ping/0123456789abcdef"' >>/srv/server-metrics.toml`);
  await report();
  expect(await status()).toMatch(/▲ Heartbeat +127\.0\.0\.1:\d+: failing for .*: answered 404/);
  await mend();

  discord.scriptForEver({ status: 404, body: { code: 10_015, message: "Unknown Webhook" } });
  expect(await report()).toContain("exit 69");
  expect(await status()).toContain("■ Webhook   deleted in Discord, known since ");
  discord.scriptForEver();
  // Another one in its place gets what was kept.
  await shell("sed -i 's#/webhooks/1#/webhooks/9#' /srv/server-metrics.toml");
  const before = discord.messages.length;
  discord.scriptForEver({ status: 200, body: { id: "1" } });
  await report();
  expect(discord.messages.length).toBeGreaterThan(before + 1);
  expect(await status()).not.toContain("exit 75");
});
