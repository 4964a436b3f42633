import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Life, startLife } from "../faults/life.ts";

/** Settings in which the disk, 72 % full, is well, in warning, or critical. */
const disk = {
  well: "warning = 85",
  warning: "warning = 60",
  critical: "warning = 60\ncritical = 70",
};

/** One run half an hour later; what it said aloud, and its card. */
async function report(life: Life, how: keyof typeof disk, more = "") {
  const file = join(life.directory, "settings.toml");
  writeFileSync(file, `timezone = "UTC"\n[alerts]\n${more}\n[rules.storage_used]\n${disk[how]}\n`);
  life.pass(30);
  const known = life.discord.messages.length;
  expect(await life.run({ arguments: ["--config", file] })).toMatchObject({ status: 0, stderr: "" });
  const said = life.discord.messages.slice(known).map((message) => JSON.stringify(message));
  return {
    loud: said.filter((text) => !text.includes('"flags":4096')),
    card: said.find((text) => text.includes('"flags":4096')) ?? "",
  };
}

/** A command, as a person types it. */
const type = (life: Life, ...words: readonly string[]) => life.run({ command: (program) => [program, ...words] });

test("a muted target is judged and shown, but not announced; its end is, and with it the mute ends", async () => {
  await using life = await startLife();
  await report(life, "well");
  expect(await type(life, "mute", "storage_used", "/")).toMatchObject({
    status: 64,
    stderr: expect.stringContaining("storage_used / is fine"),
  });
  expect((await report(life, "warning")).loud).toHaveLength(1);
  expect(await type(life, "mute", "storage_used /", "--why", "new disk is ordered")).toEqual({
    status: 0,
    stdout: "muted until it is over: storage_used / (new disk is ordered)\n",
    stderr: "",
  });
  expect((await type(life, "mute", "--list")).stdout).toBe(
    "● vps-tokyo  1 muted\n\n  storage_used /  it is over  new disk is ordered\n\n  end it: server-metrics unmute TARGET\n",
  );
  const { loud, card } = await report(life, "critical");
  expect(loud).toEqual([]);
  expect(card).toContain("🔕 `72 %` **Disk /** muted until it is over (new disk is ordered)");
  expect(card).toContain("No alerts · 1 muted");
  await report(life, "well");
  expect((await report(life, "well")).loud.join("")).toContain("Disk / back to 72");
  expect((await type(life, "mute", "--list")).stdout).toBe("● vps-tokyo  nothing is muted\n");
}, 60_000);

test("when --all ends, what still holds is one message, and what began and ended one line of it", async () => {
  await using life = await startLife();
  await report(life, "well");
  expect((await type(life, "mute", "--all", "--for", "3h")).status).toBe(0);
  expect((await report(life, "warning")).card).toContain("everything");
  life.pass(5, true);
  for (const how of ["well", "well"] as const) expect((await report(life, how)).loud).toEqual([]);
  expect((await type(life, "unmute", "--all")).status).toBe(0);
  const { loud } = await report(life, "warning");
  expect(loud).toHaveLength(1);
  expect(loud[0]).toContain("Disk / 72");
  expect(loud[0]).toContain("already over: rebooted, disk / back to");
  expect((await report(life, "warning")).loud).toEqual([]);
}, 60_000);

test("in quiet hours warnings and recoveries wait for the morning; what is critical does not", async () => {
  await using life = await startLife(Date.parse("2026-07-10T22:00:00Z"));
  const quiet = 'quiet = "23:00-05:00"';
  await report(life, "well", quiet);
  const said = [];
  for (const how of ["well", "warning", "warning", "critical", "well", "well", "warning"] as const) {
    said.push((await report(life, how, quiet)).loud.length);
  }
  expect(said).toEqual([0, 0, 0, 1, 0, 0, 0]);
  life.pass(180);
  expect((await report(life, "warning", quiet)).loud).toHaveLength(1);
}, 60_000);

test("what is not known is refused, with what was probably meant", async () => {
  await using life = await startLife();
  await report(life, "warning");
  const refused = async (...words: readonly string[]) => {
    const { status, stderr } = await type(life, ...words);
    expect(status).toBe(64);
    return stderr;
  };
  expect(await refused("mute", "storage_usd", "/")).toContain("did you mean storage_used /?");
  expect(await refused("mute")).toContain("expected a target");
  expect(await refused("mute", "--all")).toContain("--all needs --for or --until");
  expect(await refused("mute", "memory", "--for", "soon")).toContain("such as 30m, 2h or 3d");
  expect(await refused("mute", "memory", "--until", "2026-01-01")).toContain("a day or time to come");
  expect(await refused("unmute", "memory")).toContain("is not muted");
  expect((await type(life, "mute", "memory", "--until", "2026-12-01")).status).toBe(0);
  const listed = await type(life, "mute", "--list", "--json");
  expect(JSON.parse(listed.stdout)).toMatchObject({ mutes: [{ target: "memory", why: null }] });
  expect((await type(life, "unmute", "memory")).status).toBe(0);
}, 60_000);

test("where nothing is remembered, nothing can be muted", async () => {
  await using life = await startLife();
  expect(await type(life, "mute", "memory", "--for", "2h")).toMatchObject({ status: 73 });
});

test("check names a target of the settings that no run has seen", async () => {
  await using life = await startLife();
  await report(life, "well");
  const file = join(life.directory, "named.toml");
  writeFileSync(file, '[rules.storage_used.targets]\n"/dta" = false\n"/*" = { warning = 97, critical = 99 }\n');
  const { stdout } = await type(life, "check", "--config", file);
  expect(stdout).toContain('rules.storage_used.targets."/dta" matches nothing seen here');
  expect(stdout).not.toContain('"/*"');
});
