import { expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openProbing } from "../support/probing.ts";

const linesWith = (word: string) =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").includes(word);
    } catch {
      return false;
    }
  });

test("a number beyond its limit is told at the second look, with value and limit, and over once", async () => {
  await using machine = await openProbing();
  const value = join(machine.directory, "value");
  machine.configure(
    `[[probe]]\nname = "Inbox queue"\nrun = ["/bin/cat", "${value}"]\nwarning = 500\ncritical = 5000\n`,
  );
  const look = async (number: string) => {
    writeFileSync(value, number);
    return (await machine.look()).alerts;
  };
  expect(await look("12")).toEqual([]);
  expect(await look("812")).toEqual([]);
  const [raised = "", ...more] = await look("812");
  expect(more).toEqual([]);
  expect(raised).toContain("Inbox queue 812");
  expect(raised).toContain("limit 500");
  expect(await look("490")).toEqual([]);
  expect(await look("no number")).toEqual([]);
  expect(await look("20")).toEqual([]);
  expect((await look("20")).join()).toContain("Inbox queue back to 20");
  const { stdout: history } = await machine.command("history");
  expect(history).toMatch(/Inbox queue +12 .* 812 +20/);
  const { stdout: exported } = await machine.command("export");
  expect(exported).toContain('server_metrics_probe_value{probe="Inbox queue"} 20\n');
  const { stdout: checked } = await machine.command("check");
  expect(checked).toMatch(/Probe +Inbox queue: 20/);
  const { stdout: rules } = await machine.command("check", "--rules");
  expect(rules).toMatch(/probe_limit Inbox queue.*500/);
}, 120_000);

test("a plugin's own verdict, a deleted backup, and no answer that lasts", async () => {
  await using machine = await openProbing();
  const [script, backup] = [join(machine.directory, "plugin"), join(machine.directory, "dump.gz")];
  writeFileSync(backup, "");
  machine.configure(`
[[probe]]
name = "Load"
run = ["/bin/sh", "${script}"]
[[probe]]
name = "Backup"
file = "${machine.directory}/*.gz"
unit = "hours"
warning = 25
critical = 49
`);
  const look = async (status: number) => {
    writeFileSync(script, `echo "LOAD STATE $(( ${status} )) | load1=6;5;10"; exit ${status}\n`);
    return (await machine.look()).alerts.join();
  };
  expect(await look(0)).toBe("");
  expect(await look(1)).toBe("");
  expect(await look(1)).toContain("Load: LOAD STATE 1");
  expect(await look(3)).toBe("");
  rmSync(backup);
  expect(await look(2)).toBe("");
  const both = await look(2);
  expect(both).toContain("Load: LOAD STATE 2");
  expect(both).toContain("Backup: no such file");
  writeFileSync(backup, "");
  for (let times = 0; times < 2; times += 1) await look(0);
  utimesSync(backup, 0, 0);
  await look(0);
  expect(await look(0)).toMatch(/Backup [\d,]+ days.*limit 2 d 1 h/);
  // A quarter of an hour.
  for (let times = 0; times < 3; times += 1) expect(await look(3)).toBe("");
  expect(await look(3)).toContain("Load cannot be checked");
}, 120_000);

test("a hostile program leaves no process, no escape, and no delay, and is told as text", async () => {
  await using machine = await openProbing();
  const word = `98${process.pid}`;
  const script = join(machine.directory, "hostile");
  writeFileSync(
    script,
    `trap "" TERM HUP; (sleep ${word} &); i=0; while [ $i -lt 20 ]; do sleep ${word} & i=$((i+1)); done
case $1 in
hang) sleep ${word} ;;
yes) yes ;;
*) printf '\\033[31m**b** @everyone <@1> [x](https://evil.example) \\342\\200\\256 | a=1e309 b=NaN\\n'; exit 2 ;;
esac
`,
  );
  const probe = (mode: string) =>
    `[[probe]]\nname = "${mode}"\nrun = ["/bin/sh", "${script}", "${mode}"]\ntimeout = ${mode === "hang" ? 1 : 15}\n`;
  machine.configure(["hang", "yes", "tell"].map(probe).join(""));
  const startedMs = performance.now();
  await machine.look();
  const { alerts, status } = await machine.look();
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  expect(status).toBe(0);
  expect(linesWith(`sleep ${word}`)).toEqual([]);
  const told = alerts.join();
  expect(told).toContain("tell: ");
  expect(told).not.toMatch(/\\u001b|\u202e|\]\(https:\/\/evil/);
  expect(told).not.toMatch(/[^\\]\*\*b/);
  expect(told).not.toContain("@everyone");
  const { stdout } = await machine.command("show");
  expect(stdout).toContain("no answer within 1 s");
  expect(stdout).toContain("larger than 64 KiB");
  // eslint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/);
  expect((await machine.command("export")).stdout).not.toMatch(/Inf|1e\+?309|NaN/);
}, 120_000);

test("a child in a session of its own outlives its probe, as the README says, and holds it up no longer than its timeout", async () => {
  await using machine = await openProbing();
  const word = `97${process.pid}`;
  const script = join(machine.directory, "leaving");
  writeFileSync(
    script,
    `leave() { setsid sh -c ': >"$0"; exec sleep ${word}' "$1" & until [ -e "$1" ]; do :; done; }
case $1 in
quiet) leave "$0.quiet" >/dev/null 2>&1 ;;
*) leave "$0.holding" ;;
esac
echo 5\n`,
  );
  const probe = (mode: string) =>
    `[[probe]]\nname = "${mode}"\nrun = ["/bin/sh", "${script}", "${mode}"]\ntimeout = ${mode === "holding" ? 1 : 15}\n`;
  machine.configure(["quiet", "holding"].map(probe).join(""));
  const { stdout } = await machine.command("check", "--json");
  const left = linesWith(`sleep ${word}`);
  for (const pid of left) process.kill(Number(pid), "SIGKILL");
  expect(stdout).toMatch(/"says": ?"quiet: 5"/);
  expect(stdout).toMatch(/holding: .*no answer within 1 s/);
  expect(left).toHaveLength(2);
}, 120_000);

test("the address of a page is in no output", async () => {
  await using machine = await openProbing();
  const secret = "sesame-open-0123456789";
  machine.configure(
    `[[probe]]\nname = "Page"\nurl = "http://127.0.0.1:9/${secret}"\nheaders = { A = "${secret}-h" }\nbody = "${secret}-b"\n`,
  );
  for (let times = 0; times < 5; times += 1) await machine.look();
  const outputs = [
    await machine.command("show"),
    await machine.command("show", "--json"),
    await machine.command("check"),
    await machine.command("check", "--rules"),
    await machine.command("export"),
  ];
  const all = JSON.stringify([outputs, machine.discord.messages]);
  expect(all).toContain("Page");
  expect(all).toContain("connection refused");
  expect(all).not.toContain(secret);
}, 120_000);

test("a probe is muted, exported, charted, on the live card, and told in Japanese", async () => {
  await using machine = await openProbing();
  const [value, exported] = [join(machine.directory, "value"), join(machine.directory, "sm.prom")];
  machine.configure(`language = "ja"
mode = "live"
chart = "always"
[[export]]
file = "${exported}"
[[probe]]
name = "受信キュー"
run = ["/bin/cat", "${value}"]
warning = 500
chart = true
`);
  const look = async (number: number) => {
    writeFileSync(value, String(number));
    return (await machine.look()).alerts.join();
  };
  expect(await look(12)).toBe("");
  expect((await machine.command("mute", "probe_limit", "受信キュー", "--for", "2h")).status).toBe(0);
  expect(await look(812)).toBe("");
  expect(await look(812)).toBe("");
  expect((await machine.command("report")).status).toBe(0);
  const card = JSON.stringify(machine.discord.messages);
  expect(card).toMatch(/受信キュー[^"]*812/);
  expect(card).toContain("🔕");
  const shown = machine.discord.messages.length;
  expect(readFileSync(exported, "utf8")).toContain('server_metrics_probe_value{probe="受信キュー"} 812\n');
  expect(await look(12)).toBe("");
  expect(await look(12)).toBe("");
  expect((await machine.command("unmute", "probe_limit", "受信キュー")).status).toBe(0);
  const raised = (await look(900)) + (await look(900));
  expect(raised).toMatch(/受信キュー 900.*しきい値 500/s);
  // The card of the day is edited, and has its chart.
  expect((await machine.command("report")).status).toBe(0);
  expect(JSON.stringify(machine.discord.messages[shown - 1])).toMatch(/受信キュー[^"]*900/);
}, 120_000);
