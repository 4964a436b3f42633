/**
 * Makes the README's pictures: .github/message.png, .github/chart.png, .github/terminal.png and .github/alert.png, or the
 * same names in another directory, and there also message-phone.png and alert-phone.png. They show what the program says of
 * the machine tests/machines/vps-tokyo: with some days behind it, and in the night after, in which its disk fills up.
 *
 *     npm run pictures [-- DIRECTORY]
 *
 * Skipped without Chromium. Debian: apt-get install chromium fonts-noto-core fonts-noto-color-emoji fonts-dejavu-core
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import { type FakeDiscord, fakeDiscord } from "../support/fakeDiscord.ts";
import { writePastDays } from "../support/pastDays.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";
import { photograph } from "./browser.ts";
import { discordPage, Message } from "./discordPage.ts";
import { timeZone } from "./markdown.ts";
import { terminalPage } from "./terminalPage.ts";

const [directory] = process.argv.slice(2);
const GiB = 1024 ** 3;
const captured = join(projectRoot, "tests/machines/vps-tokyo");

/** A machine, and what it remembers, in a directory that is gone at the end. */
using home = temporaryDirectory();
const state = join(home.path, "state");

/** Nothing of the developer's own: no webhook, no settings. */
const environment = (machine: string) => ({ TERM: "xterm", TZ: timeZone, SERVER_METRICS_MACHINE: machine });
const command = (...args: readonly string[]) => {
  return [process.execPath, "--no-env-file", "index.ts", ...args, "--state-dir", state];
};

/** What the program prints of the machine in a terminal. */
async function printed(...args: readonly string[]): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const ended = Promise.withResolvers<void>();
  const child = Bun.spawn(command(...args), {
    cwd: projectRoot,
    env: environment(captured),
    terminal: {
      // As wide as a README can show it legibly.
      cols: 84,
      data: (_terminal, bytes) => {
        text += decoder.decode(bytes, { stream: true });
      },
      exit: () => ended.resolve(),
    },
  });
  await ended.promise;
  if ((await child.exited) !== 0) throw new Error(text);
  // The line that said what was waited for has gone away by then.
  return text.split("\u001B[K").at(-1) ?? "";
}

/** What the program posts of a machine. */
async function post(machine: string, discord: FakeDiscord): Promise<FakeDiscord["requests"]> {
  const before = discord.requests.length;
  const address = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  await Bun.spawn(command(), { cwd: projectRoot, env: { ...environment(machine), ...address } }).exited;
  return discord.requests.slice(before);
}

/** The machine at a later time, with so much used of its disk of 50 GiB, of which users can use 47.5. */
function machineAt(ms: number, usedBytes: number): string {
  const machine = join(home.path, "machine");
  mkdirSync(join(machine, "proc"), { recursive: true });
  const totalBytes = 50 * GiB;
  const free = { freeBytes: totalBytes - usedBytes, availableBytes: 47.5 * GiB - usedBytes };
  const root = { totalBytes, ...free, inodes: 3_276_800, inodesFree: 2_949_120 };
  const description = { base: captured, takenAt: new Date(ms).toISOString(), statfs: { "/": root } };
  writeFileSync(join(machine, "machine.json"), JSON.stringify(description));
  const days = 23;
  writeFileSync(join(machine, "proc/uptime"), `${days * 86_400 + (ms - startMs) / 1000} 0.00\n`);
  return machine;
}

/** The alert of a disk that something fills, at a rate that makes it critical some hours later. */
async function alertAfter(fromMs: number, discord: FakeDiscord): Promise<Message> {
  const isCritical = ({ embeds }: Message) => embeds[0]?.color === 0xe7_4c_3c && embeds[0].fields.length === 0;
  for (let hours = 0.5; hours < 12; hours += 0.5) {
    const posts = await post(machineAt(fromMs + hours * 3_600_000, (34.1 + 1.6 * hours) * GiB), discord);
    const alert = posts.map(({ json }) => v.parse(Message, json)).find(isCritical);
    if (alert !== undefined) return alert;
  }
  throw new Error("the disk is full, and there is no alert");
}

async function makePictures(chromium: string): Promise<void> {
  const write = async (name: string, png: Uint8Array) => {
    const file = join(directory ?? join(projectRoot, ".github"), name);
    await Bun.write(file, png);
    console.log(file);
  };
  const save = async (name: string, html: string) => write(name, await photograph(html, chromium));
  await using discord = await fakeDiscord();
  writePastDays(state, startMs);
  await save("terminal.png", terminalPage("server-metrics show", await printed("show")));
  const { json, files } = (await post(captured, discord)).at(-1) ?? { json: null, files: [] };
  const chart = (await files[0]?.bytes()) ?? new Uint8Array();
  await write("chart.png", chart);
  for (const [name, message] of [
    ["message", v.parse(Message, json)],
    ["alert", await alertAfter(startMs, discord)],
  ] as const) {
    await save(`${name}.png`, await discordPage(message, "desktop", chart));
    if (directory !== undefined) await save(`${name}-phone.png`, await discordPage(message, "phone", chart));
  }
}

/** When the machine was captured, and when the pictures are taken: 21:00 in Tokyo. */
const startMs = Date.parse(v.parse(v.object({ at: v.string() }), JSON.parse(await printed("show", "--json"))).at);

const chromium = Bun.which("chromium") ?? Bun.which("google-chrome");
if (chromium === null) console.log("No pictures: there is no chromium here. On Debian: apt-get install chromium");
else await makePictures(chromium);
