/**
 * Makes the pictures of both READMEs: the messages in both languages, chart.png and terminal.png in .github, or the same names
 * in another directory, and there also each message on a phone and in the light theme, and the digest of a day.
 * They show what the program says of the machine tests/machines/vps-tokyo: with some days behind it, and in the night after, in
 * which its disk fills up.
 *
 *     npm run pictures [-- DIRECTORY]
 *
 * Skipped without Chromium. Debian: apt-get install chromium fonts-noto-core fonts-noto-color-emoji fonts-dejavu-core
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import { type FakeDiscord, fakeDiscord } from "../support/fakeDiscord.ts";
import { writePastDays } from "../support/pastDays.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";
import { photograph } from "./browser.ts";
import { discordPage, Message, type Screen, type Theme } from "./discordPage.ts";
import { timeZone } from "./markdown.ts";
import { terminalPage, type TerminalTheme } from "./terminalPage.ts";

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
      cols: 80,
      data: (_terminal, bytes) => {
        text += decoder.decode(bytes, { stream: true });
      },
      exit: () => ended.resolve(),
    },
  });
  await ended.promise;
  // A machine of which nothing runs is shown, too.
  if (![0, 75].includes(await child.exited)) throw new Error(text);
  // The line that said what was waited for has gone away by then.
  return text.split("\u001B[K").at(-1) ?? "";
}

/** What the program posts of a machine. */
async function post(
  machine: string,
  discord: FakeDiscord,
  language: string,
  ...args: readonly string[]
): Promise<FakeDiscord["requests"]> {
  const before = discord.requests.length;
  const address = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const env = { ...environment(machine), ...address, SERVER_METRICS_LANGUAGE: language };
  await Bun.spawn(command(...args), { cwd: projectRoot, env }).exited;
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

/** The machine half an hour earlier, of which a part of four hundredths was work: between two runs it is known how much. */
function machineBefore(): string {
  const machine = join(home.path, "before");
  mkdirSync(join(machine, "proc"), { recursive: true });
  const seconds = 1800;
  const description = { base: captured, takenAt: new Date(startMs - seconds * 1000).toISOString() };
  writeFileSync(join(machine, "machine.json"), JSON.stringify(description));
  const earlier = (text: string, ticks: number) =>
    text.replace(/^(cpu\S* +)(\d+)( \d+ \d+ )(\d+)/, (_, name: string, user: string, between: string, idle: string) =>
      [name, Number(user) - 0.04 * ticks, between, Number(idle) - 0.96 * ticks].join(""),
    );
  const [all = "", ...rest] = readFileSync(join(captured, "proc/stat"), "utf8").split("\n");
  writeFileSync(join(machine, "proc/stat"), [earlier(all, 2 * 100 * seconds), ...rest].join("\n"));
  const [uptime = 0] = readFileSync(join(captured, "proc/uptime"), "utf8").split(" ").map(Number);
  writeFileSync(join(machine, "proc/uptime"), `${uptime - seconds} 0.00\n`);
  return machine;
}

/** The alert of a disk that something fills, at a rate that makes it critical some hours later. */
async function alertAfter(fromMs: number, discord: FakeDiscord, language: string): Promise<Shown> {
  const isCritical = ({ embeds, content }: Message) => embeds[0]?.color === 0xe7_4c_3c && content !== "";
  for (let hours = 0.5; hours < 12; hours += 0.5) {
    const nowMs = fromMs + hours * 3_600_000;
    const posts = await post(machineAt(nowMs, (34.1 + 1.6 * hours) * GiB), discord, language);
    const message = posts.map(({ json }) => v.parse(Message, json)).find(isCritical);
    if (message !== undefined) return { name: "alert", message, nowMs, chart: new Uint8Array() };
  }
  throw new Error("the disk is full, and there is no alert");
}

/** A message to be drawn. */
interface Shown {
  readonly name: string;
  readonly message: Message;
  readonly nowMs: number;
  readonly chart: Uint8Array;
}

/** A card that is edited, one that is posted, and the alert of the night after, and the digests. */
async function messagesIn(language: string): Promise<readonly Shown[]> {
  await using discord = await fakeDiscord();
  const remember = async () => {
    rmSync(state, { recursive: true, force: true });
    await post(machineBefore(), discord, language, "--sample", "0");
    writePastDays(state, startMs, 8);
  };
  const card = async (name: string, ...args: readonly string[]): Promise<Shown> => {
    const posts = await post(captured, discord, language, ...args);
    const isDigest = ({ json }: (typeof posts)[number]) => /"title":"(?:📅|🗓)/u.test(JSON.stringify(json));
    const { json, files } = posts.find(isDigest) ?? posts.at(-1) ?? { json: null, files: [] };
    return {
      name,
      message: v.parse(Message, json),
      nowMs: startMs,
      chart: (await files[0]?.bytes()) ?? new Uint8Array(),
    };
  };
  const digest = async (name: string, time: string) => {
    await remember();
    const settings = join(home.path, "settings.toml");
    writeFileSync(settings, `digest = "${time}"\n`);
    return card(name, "--config", settings);
  };
  const digests = [await digest("day", "20:00"), await digest("week", "saturday 20:00")];
  await remember();
  const cards = [await card("live", "--live"), await card("message")];
  return [...digests, ...cards, await alertAfter(startMs, discord, language)];
}

async function makePictures(chromium: string): Promise<void> {
  const write = async (name: string, png: Uint8Array) => {
    const file = join(directory ?? join(projectRoot, ".github"), `${name}.png`);
    await Bun.write(file, png);
    console.log(file);
  };
  writePastDays(state, startMs);
  const terminal = async (file: string, line: string, theme: TerminalTheme = "dark") => {
    const page = terminalPage(`server-metrics ${line}`, await printed(...line.split(" ")), theme);
    await write(file, (await photograph(page, chromium)).png);
  };
  await terminal("terminal", "show");
  for (const theme of directory === undefined ? [] : (["dark", "light"] as const)) {
    await terminal(`show-${theme}`, "show", theme);
    await terminal(`show-all-${theme}`, "show --all", theme);
    await terminal(`history-${theme}`, "history --name vps-tokyo", theme);
    await terminal(`status-${theme}`, "status", theme);
  }
  for (const language of ["en", "ja"] as const) {
    for (const { name, message, nowMs, chart } of await messagesIn(language)) {
      // The READMEs show the week.
      if (directory === undefined && name === "day") continue;
      if (name === "live" && language === "en") await write("chart", chart);
      const draw = async (screen: Screen, theme: Theme, suffix: string) => {
        const { png, lines } = await photograph(
          await discordPage(message, { screen, theme, language }, chart, nowMs),
          chromium,
        );
        await write(`${name}${language === "en" ? "" : `-${language}`}${suffix}`, png);
        if (screen === "phone") console.log(`${lines} lines`);
      };
      await draw("desktop", "dark", "");
      if (directory === undefined) continue;
      await draw("desktop", "light", "-light");
      await draw("phone", "dark", "-phone");
    }
  }
}

/** When the machine was captured, and when the pictures are taken: 21:00 in Tokyo. */
const startMs = Date.parse(v.parse(v.object({ at: v.string() }), JSON.parse(await printed("show", "--json"))).at);

const chromium = Bun.which("chromium") ?? Bun.which("google-chrome");
if (chromium === null) console.log("No pictures: there is no chromium here. On Debian: apt-get install chromium");
else await makePictures(chromium);
