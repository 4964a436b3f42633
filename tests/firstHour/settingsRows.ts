import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { checkout } from "../support/checkout.ts";
import { fakeDiscord, type ScriptedAnswer } from "../support/fakeDiscord.ts";
import { temporaryDirectory } from "../support/project.ts";
import { type Provocations, said } from "./provoke.ts";

const says = (address: string) => ({ says: async () => said({ DISCORD_WEBHOOK_URL: address }) });

/** A Discord that gives this answer. */
const answered = (answer: ScriptedAnswer) => ({
  says: async () => {
    await using discord = await fakeDiscord();
    discord.scriptForEver(answer);
    return await said({ DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host });
  },
});

const file = (text: string) => ({
  says: async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "my.toml");
    await Bun.write(path, text);
    return await said({}, { arguments: ["--config", path] });
  },
});

/** A build with nothing in PATH but what it needs before npm. */
async function withoutNpm(): Promise<string> {
  using tree = checkout();
  rmSync(tree.at("node_modules"), { recursive: true });
  mkdirSync(tree.at("bin"));
  for (const name of ["sh", "dirname"]) symlinkSync(Bun.which(name) ?? name, tree.at("bin", name));
  return (await tree.build([], { PATH: tree.at("bin") })).stderr;
}

/** A wrong webhook, wrong settings, a wrong command line. */
export const settingsRows: Provocations = {
  "no npm where it is built": { says: withoutNpm },
  "no webhook": { says: async () => said({}) },
  "the webhook is not a URL": says("discord.com/api/webhooks"),
  "it is another host's": says("https://hooks.slack.com/services/T0/B0/x"),
  "it is a channel's link": says("https://discord.com/channels/112233445566778899/998877665544332211"),
  "its end is missing": says("https://discord.com/api/webhooks/112233445566778899/"),
  "it is http": says("http://discord.com/api/webhooks/112233445566778899/token"),
  "its token was cut off": answered({ status: 401, body: { message: "Invalid Webhook Token", code: 50_027 } }),
  "it was deleted": answered({ status: 404, body: { message: "Unknown Webhook", code: 10_015 } }),
  "Discord refuses": answered({ status: 403, body: { message: "Missing Permissions", code: 50_013 } }),
  "a proxy or a login page refuses": answered({ status: 403, body: "<html>Forbidden</html>" }),
  "a login page redirects": answered({ status: 302, headers: { Location: "https://login.example/" } }),
  "the settings file is not TOML": file('name = "tokyo"\nsplay = \n'),
  "an id has no quotes": file("thread_id = 123456789012345678\n"),
  "an unknown setting": file('nmae = "tokyo"\n'),
  "a wrong value": file('splay = "often"\n'),
  "no such file": { says: async () => said({}, { arguments: ["--config", "/nowhere/my.toml"] }) },
  "a wrong option": { says: async () => said({}, { arguments: ["--sampel", "1"] }) },
};
