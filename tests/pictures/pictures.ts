/**
 * Makes the README's pictures out of what the program says of a machine in tests/machines that has some days behind it:
 * .github/message.png, .github/chart.png and .github/terminal.png, or the same names in another directory, and there also
 * message-phone.png.
 *
 *     npm run pictures [-- MACHINE [DIRECTORY]]
 *
 * Skipped without Chromium. Debian: apt-get install chromium fonts-noto-core fonts-noto-color-emoji fonts-dejavu-core
 */
import { join } from "node:path";
import * as v from "valibot";

import { fakeDiscord } from "../support/fakeDiscord.ts";
import { writePastDays } from "../support/pastDays.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";
import { photograph } from "./browser.ts";
import { discordPage, Message } from "./discordPage.ts";
import { terminalPage } from "./terminalPage.ts";

const [machine = "vps-tokyo", directory] = process.argv.slice(2);

/** What the machine remembers when the pictures are taken: some days. */
using past = temporaryDirectory();

/** Nothing of the developer's own: no webhook, no settings. */
const environment = {
  TERM: "xterm",
  TZ: "Asia/Tokyo",
  SERVER_METRICS_MACHINE: join(projectRoot, "tests/machines", machine),
};
const command = (...args: readonly string[]) => {
  return [process.execPath, "--no-env-file", "index.ts", ...args, "--state-dir", past.path];
};

/** What the program prints of the machine in a terminal. */
async function printed(...args: readonly string[]): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const ended = Promise.withResolvers<void>();
  const child = Bun.spawn(command(...args), {
    cwd: projectRoot,
    env: environment,
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

/** What the program posts: the message and its chart. */
async function posted(): Promise<{ readonly message: Message; readonly chart: Uint8Array }> {
  await using discord = await fakeDiscord();
  const address = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  await Bun.spawn(command(), { cwd: projectRoot, env: { ...environment, ...address } }).exited;
  const { json, files } = discord.requests.at(-1) ?? { json: null, files: [] };
  return { message: v.parse(Message, json), chart: (await files[0]?.bytes()) ?? new Uint8Array() };
}

async function makePictures(chromium: string): Promise<void> {
  const write = async (name: string, png: Uint8Array) => {
    const file = join(directory ?? join(projectRoot, ".github"), name);
    await Bun.write(file, png);
    console.log(file);
  };
  const save = async (name: string, html: string) => write(name, await photograph(html, chromium));
  const { at } = v.parse(v.object({ at: v.string() }), JSON.parse(await printed("show", "--json")));
  writePastDays(past.path, Date.parse(at));
  await save("terminal.png", terminalPage("server-metrics show", await printed("show")));
  const { message, chart } = await posted();
  await write("chart.png", chart);
  await save("message.png", await discordPage(message, "desktop", chart));
  if (directory !== undefined) await save("message-phone.png", await discordPage(message, "phone", chart));
}

const chromium = Bun.which("chromium") ?? Bun.which("google-chrome");
if (chromium === null) console.log("No pictures: there is no chromium here. On Debian: apt-get install chromium");
else await makePictures(chromium);
