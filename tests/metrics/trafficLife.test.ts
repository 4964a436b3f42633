import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { machinesDirectory, run, temporaryDirectory } from "../support/project.ts";

const dayMs = 86_400_000;
const gigabyte = 1e9;

/** A machine that sends; the compiled binary looks at it as cron starts it. */
async function openSender(settings: string, timezone = "UTC") {
  const parent = temporaryDirectory();
  const discord = await fakeDiscord();
  const at = (name: string) => join(parent.path, name);
  const program = await binary;
  writeFileSync(at("settings.toml"), `webhook = "${discord.webhookUrl}"\nsample = 0\n${settings}`, { mode: 0o600 });
  let [looks, sent, boot, zone] = [0, 50 * gigabyte, 1, timezone];
  let nowMs = 0;
  const start = (args: readonly string[]) => {
    const machine = at(`machine-${looks}`);
    mkdirSync(join(machine, "proc/net"), { recursive: true });
    mkdirSync(join(machine, "proc/sys/kernel/random"), { recursive: true });
    writeFileSync(
      join(machine, "proc/net/dev"),
      `Inter-|   Receive\n face |bytes\n  eth0: 7 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0\n`,
    );
    writeFileSync(join(machine, "proc/sys/kernel/random/boot_id"), `0000-${boot}\n`);
    writeFileSync(join(machine, "proc/uptime"), `${1000 + (nowMs % 1e9) / 1000} 0\n`);
    const takenAt = new Date(nowMs).toISOString();
    const base = join(machinesDirectory, "vps-tokyo");
    writeFileSync(join(machine, "machine.json"), JSON.stringify({ base, takenAt }));
    const variables = [`HOME=${parent.path}`, `TZ=${zone}`, `SERVER_METRICS_MACHINE=${machine}`];
    const allowed = `SERVER_METRICS_ALLOW_HOST=${discord.host}`;
    const options = ["--config", at("settings.toml"), "--state-dir", at("state")];
    return run(["env", "-i", ...variables, allowed, program, ...args, ...options], { cwd: "/" });
  };
  return {
    /** So many bytes are sent, and then it looks; alerts that it posted, as text. */
    look: async (iso: string, bytes: number): Promise<readonly string[]> => {
      looks += 1;
      sent += bytes;
      nowMs = Date.parse(iso);
      const before = discord.messages.length;
      expect(await start(["report", "--only-changes"])).toMatchObject({ status: 0, stderr: "" });
      return discord.messages.slice(before).map((message) => JSON.stringify(message).replaceAll("\u00A0", " "));
    },
    /** What was sent before the last look and the reboot is not known to anybody. */
    reboot: () => {
      boot += 1;
      sent = 0;
    },
    move: (to: string) => (zone = to),
    used: async (): Promise<number | undefined> => {
      const { stdout } = await start(["export", "--format", "prometheus"]);
      const text = /^server_metrics_traffic_used_bytes (\S+)$/m.exec(stdout)?.[1];
      return text === undefined ? undefined : Math.round(Number(text) / gigabyte);
    },
    command: async (...args: readonly string[]) => (await start(args)).stdout,
    [Symbol.asyncDispose]: async () => {
      await discord[Symbol.asyncDispose]();
      parent[Symbol.dispose]();
    },
  };
}

const dayAfter = (start: string, days: number) => new Date(Date.parse(start) + days * dayMs).toISOString();

describe("a month's traffic", () => {
  test("is counted over reboots, told at 80 and 95 %, and begins anew", async () => {
    await using machine = await openSender('[traffic]\nquota = "1 TB"\nresets = 15\n');
    const told: string[] = [];
    for (let day = 0; day <= 30; day += 1) {
      if (day === 7 || day === 19) machine.reboot();
      const news = await machine.look(dayAfter("2026-08-15T00:30:00Z", day), day === 0 ? 0 : 33 * gigabyte);
      told.push(...news.filter((one) => /traffic/i.test(one)).map((one) => `${day}: ${one}`));
    }
    expect(await machine.used()).toBe(990);
    const headlines = told.map((one) => /Traffic [\d.]+ % of the month's quota: (?:now |still )?\w+/.exec(one)?.[0]);
    // Reminders come in between, ever fewer.
    expect(headlines.filter((one) => one?.includes("still") !== true)).toEqual([
      "Traffic 83 % of the month's quota: warning",
      "Traffic 95.7 % of the month's quota: now critical",
    ]);
    expect(headlines.length).toBeLessThan(8);
    expect(await machine.command("show")).toMatch(
      /Month's traffic +99 % .* 990 GB used, 10\.0 GB left, about 1\.02 TB by Sep 15/,
    );
    expect(await machine.command("history", "--days", "31")).toMatch(/Month's traffic .* 99 %/);
    // What is well again is told at its second look.
    expect(await machine.look("2026-09-15T06:00:00Z", gigabyte)).toEqual([]);
    expect((await machine.look("2026-09-15T06:05:00Z", 0)).join()).toContain("Traffic back to ");
    expect(await machine.used()).toBeLessThanOrEqual(2);
  }, 240_000);

  test("that begins on the 31st begins on the last day of a shorter one", async () => {
    await using machine = await openSender('[traffic]\nquota = "1 TB"\nresets = 31\n');
    await machine.look("2026-02-27T10:00:00Z", 0);
    await machine.look("2026-02-27T20:00:00Z", 5 * gigabyte);
    expect(await machine.used()).toBe(5);
    await machine.look("2026-02-27T23:59:00Z", 0);
    await machine.look("2026-02-28T00:10:00Z", 0);
    await machine.look("2026-02-28T10:00:00Z", 2 * gigabyte);
    expect(await machine.used()).toBe(2);
    await machine.look("2026-03-30T10:00:00Z", 0);
    await machine.look("2026-03-30T11:00:00Z", gigabyte);
    expect(await machine.used()).toBe(3);
  }, 120_000);

  test("is that of the machine's own zone, also where it moves and where the clocks change", async () => {
    await using machine = await openSender('[traffic]\nquota = "1 TB"\n', "Asia/Tokyo");
    await machine.look("2026-03-31T14:00:00Z", 0);
    await machine.look("2026-03-31T14:50:00Z", 8 * gigabyte);
    expect(await machine.used()).toBe(8);
    await machine.look("2026-03-31T15:00:00Z", 0);
    await machine.look("2026-03-31T15:10:00Z", 3 * gigabyte);
    expect(await machine.used()).toBe(3);
    // There it is still March, and the first of April is a day to come.
    machine.move("America/New_York");
    await machine.look("2026-03-31T16:00:00Z", gigabyte);
    expect(await machine.used()).toBe(9);
    machine.move("Europe/Berlin");
    await machine.look("2026-10-24T21:00:00Z", 0);
    await machine.look("2026-10-24T22:00:00Z", 0);
    await machine.look("2026-10-25T23:00:00Z", 25 * gigabyte);
    expect(await machine.used()).toBe(25);
  }, 120_000);
});
