import { expect } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { fakeDiscord, type Script } from "../support/fakeDiscord.ts";
import { testWith } from "../support/needs.ts";
import { projectRoot, quoted, temporaryDirectory } from "../support/project.ts";
import { openCron } from "./scheduler.ts";

const program = "/srv/server-metrics";

/** A set-up that broke, and what is said of it. Each is mended before the next one, but where `lasts` says otherwise. */
interface Broken {
  /** Shell lines, in which `$W` is a directory of their own. */
  readonly breakIt: string;
  readonly mend?: string;
  /** How Discord answers to a run, if there is one before anybody looks. */
  readonly run?: Script;
  /** What `status` says; `■` or `▲` begins what is wrong, and then it ends with 75. */
  readonly status: string;
  /** What the card after that says. */
  readonly card?: string;
  /** The program that is asked, where its own is gone. */
  readonly by?: string;
  readonly lasts?: true;
}

const gone = { status: 404, body: { code: 10_015, message: "Unknown Webhook" } };
const taken = (headers: Readonly<Record<string, string>> = {}) => ({ status: 200, headers, body: { id: "1" } });
const inTenMinutes = { Date: new Date(Date.now() + 600_000).toUTCString() };

/** The twelve of the issue, and what looks like one of them. */
const setups: Readonly<Record<string, Broken>> = {
  "cron stopped": {
    // It has not been started yet.
    breakIt: ":",
    mend: "setsid cron -f >/dev/null 2>&1 &",
    status: "■ Schedule  your crontab: cron is not running",
  },
  "webhook deleted": {
    breakIt: ":",
    run: gone,
    status: "■ Webhook   deleted in Discord, known since ",
    lasts: true,
  },
  "then a new one set": {
    breakIt: "sed -i 's#/webhooks/1#/webhooks/9#' /srv/server-metrics.toml",
    status: "; another webhook is set since then: the next run tries it\n",
    card: "settings changed: /srv/server-metrics.toml",
  },
  "disk full": {
    breakIt: `
mount -t tmpfs -o size=400k,mode=700 tmpfs /srv/state; cp -a /srv/sound/. /srv/state/
dd if=/dev/zero of=/srv/state/fill bs=1k 2>/dev/null || :`,
    mend: "umount /srv/state",
    status: "■ State     /srv/state/state.db: the disk is full: make room",
    card: "No history is kept: /srv/state/state.db: the disk is full: make room",
  },
  "a state that is read-only": {
    breakIt: "mount --bind /srv/state /srv/state; mount -o remount,bind,ro /srv/state",
    mend: "umount /srv/state",
    status: "■ State     /srv/state: the file system or the file is read-only",
    card: "No history is kept: /srv/state/lock.db: the file system or the file is read-only",
  },
  "state removed": {
    breakIt: "rm -r /srv/state",
    status: "■ Last run  none on record in /srv/state",
  },
  "state unreadable": {
    breakIt: "head -c 40000 /dev/zero >/srv/state/state.db",
    status: "  State     /srv/state; damaged: the next report starts a new one\n■ Last run  none on record",
    card: "The state file was damaged; a new one was started",
  },
  "a directory in the place of the state": {
    breakIt: "rm /srv/state/state.db; mkdir /srv/state/state.db",
    status: "■ State     /srv/state holds state.db, which is not a regular file of ours",
    card: "No history is kept: /srv/state holds state.db",
  },
  "a state that others may change": {
    breakIt: "chmod 777 /srv/state",
    status: "■ State     /srv/state may be written to by other users",
    card: "No history is kept: /srv/state may be written to by other users",
  },
  "a state file of another user": {
    breakIt: "chown 1000 /srv/state/state.db",
    status: "■ State     /srv/state/state.db belongs to another user",
    card: "No history is kept: /srv/state/state.db belongs to another user",
  },
  "state of another machine": {
    breakIt: `echo ${"7".repeat(32)} >$W/id; mount --bind $W/id /etc/machine-id`,
    mend: "umount /etc/machine-id",
    status: "  State     /srv/state; of another machine; this one keeps its own next to it\n■ Last run  none on record",
    card: "The state in /srv/state/state.db belongs to another machine",
  },
  "binary replaced by another version": {
    breakIt: `mv ${program} /srv/moved; printf '#!/bin/sh\\necho server-metrics 0.1.0\\n' >${program}; chmod 755 ${program}`,
    mend: `mv /srv/moved ${program}`,
    by: "/srv/moved",
    status: "; version 0.1.0\n",
  },
  "binary replaced by half of one": {
    breakIt: `mv ${program} /srv/moved; head -c 1000000 /srv/moved >${program}; chmod 755 ${program}`,
    mend: `mv /srv/moved ${program}`,
    by: "/srv/moved",
    status: `■ Schedule  your crontab: ${program} cannot be started`,
  },
  "clock wrong": {
    breakIt: ":",
    run: taken(inTenMinutes),
    status: " behind Discord\n",
  },
  "holder stopped": {
    breakIt: `
mkfifo $W/ready
cat >$W/hold.ts <<'END'
import { takeLock } from ${JSON.stringify(join(projectRoot, "lib/state/lock.ts"))};
const lock = takeLock("/srv/state", Date.now() - 60_000);
console.log(lock.kind);
setInterval(() => lock.kind, 3_600_000);
END
${quoted(process.execPath)} $W/hold.ts >$W/ready 2>/dev/null &
echo $! >$W/holder
read -r _ <$W/ready`,
    mend: "kill $(cat $W/holder); rm $W/ready",
    status: "■ State     /srv/state/lock.db is held by a run that should have ended at ",
    card: "No history is kept: /srv/state/lock.db is held by a run that should have ended",
  },
  "two schedules": {
    breakIt: `echo '*/30 * * * * root ${program} --state-dir /srv/state' >/etc/cron.d/metrics`,
    mend: "rm /etc/cron.d/metrics",
    status: "■ Schedule  2 schedules post cards and share one state (your crontab, /etc/cron.d/metrics): remove one",
  },
  "settings of another user": {
    breakIt: "chown 1000 /srv/server-metrics.toml",
    status:
      "■ Settings  --config: settings file /srv/server-metrics.toml may be changed by others, so root does not use it",
  },
  "heartbeat gone": {
    breakIt: `echo "heartbeat = \\"$HEARTBEAT\\"" >>/srv/server-metrics.toml`,
    run: taken(),
    status: ": failing for ",
  },
  "a line that never runs": {
    breakIt: `echo '0 0 31 2 * ${program} --state-dir /srv/state' | crontab -`,
    status: "■ Schedule  your crontab: ",
  },
};

testWith(
  "cron",
  "crontab",
  "mkfs.ext4",
)("under a real cron, status and the next card say what is broken, and that nothing is when it is mended", async () => {
  using directory = temporaryDirectory();
  await using discord = await fakeDiscord();
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response("no", { status: 404 }),
  });
  const file = join(directory.path, "settings.toml");
  writeFileSync(file, `webhook = "${discord.webhookUrl}"\n`);
  await using box = await openCron({ allowed: discord.host, settings: () => file });
  const shell = (line: string) =>
    box.shell(`
export SERVER_METRICS_ALLOW_HOST=${discord.host} HOME=/root HEARTBEAT=http://127.0.0.1:${server.port}/ping/0123456789
${line}`);
  const status = (by = program) =>
    shell(`${by} status --state-dir /srv/state --config /srv/server-metrics.toml 2>&1 || echo "exit $?"`);
  const report = async (answer?: Script) => {
    discord.scriptForEver(answer);
    await shell(`${program} --sample 0 --state-dir /srv/state >/dev/null 2>&1 || :`);
    discord.scriptForEver(taken());
  };
  // Cron itself must not look in between, and what was installed a moment ago would not need to have run.
  await shell(`
mkdir -p /etc/cron.d
rm -rf /run/server-metrics
crontab -l | sed 's/^\\* /59 /; s/^59 \\*/59 23/' >/srv/table
crontab /srv/table`);
  await report();
  await shell("cp -a /srv/state /srv/sound; cp -p /srv/server-metrics.toml /srv/toml");
  for (const [name, row] of Object.entries(setups)) {
    if (name === "state of another machine" && !existsSync("/etc/machine-id")) continue;
    await shell(row.breakIt);
    if (row.run !== undefined) await report(row.run);
    const told = await status(row.by);
    expect(`${name}: ${told}`).toContain(row.status);
    expect(`${name}: ${told}`.includes("exit 75")).toBe(/[■▲]/.test(told));
    if (row.card !== undefined) {
      await report(taken());
      expect(`${name}: ${JSON.stringify(discord.messages.at(-1))}`).toContain(row.card);
    }
    if (row.lasts === true) continue;
    await shell(`${row.mend ?? ":"}
rm -rf /srv/state; cp -a /srv/sound /srv/state
crontab /srv/table; cp -p /srv/toml /srv/server-metrics.toml`);
  }
  expect(await status()).not.toContain("exit");
});
