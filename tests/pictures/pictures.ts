/**
 * Makes the README's pictures out of what the program says of a machine in tests/machines that has some days behind it:
 * .github/message.png and .github/terminal.png, or the same names in another directory, and there also message-phone.png.
 *
 *     npm run pictures [-- MACHINE [DIRECTORY]]
 *
 * Skipped without Chromium. Debian: apt-get install chromium fonts-noto-core fonts-noto-color-emoji fonts-dejavu-core
 */
import { join } from "node:path";
import * as v from "valibot";

import { writePastDays } from "../support/pastDays.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";
import { photograph } from "./browser.ts";
import { discordPage, Message } from "./discordPage.ts";
import { terminalPage } from "./terminalPage.ts";

const [machine = "vps-tokyo", directory] = process.argv.slice(2);

/** What the machine remembers when the pictures are taken: some days. */
using past = temporaryDirectory();

/** What the program prints of the machine in a terminal. */
async function printed(...args: readonly string[]): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const ended = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, "--no-env-file", "index.ts", ...args, "--state-dir", past.path], {
    cwd: projectRoot,
    // Nothing of the developer's own: no webhook, no settings.
    env: { TERM: "xterm", SERVER_METRICS_MACHINE: join(projectRoot, "tests/machines", machine) },
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

async function makePictures(chromium: string): Promise<void> {
  const save = async (name: string, html: string) => {
    const file = join(directory ?? join(projectRoot, ".github"), name);
    await Bun.write(file, await photograph(html, chromium));
    console.log(file);
  };
  const { at } = v.parse(v.object({ at: v.string() }), JSON.parse(await printed("show", "--json")));
  writePastDays(past.path, Date.parse(at));
  const request = await printed("--dry-run");
  const message = v.parse(Message, JSON.parse(request.slice(request.indexOf("{"))));
  await save("message.png", await discordPage(message, "desktop"));
  if (directory !== undefined) await save("message-phone.png", await discordPage(message, "phone"));
  await save("terminal.png", terminalPage("server-metrics show", await printed("show")));
}

const chromium = Bun.which("chromium") ?? Bun.which("google-chrome");
if (chromium === null) console.log("No pictures: there is no chromium here. On Debian: apt-get install chromium");
else await makePictures(chromium);
