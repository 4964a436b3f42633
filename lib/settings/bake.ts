/**
 * Run by `build.sh`, never part of the product: checks the webhook and the settings file that are to go into the
 * executable and prints `WEBHOOK_ID BLOB` on one line, either of them empty. The address travels by environment or
 * `.env` and leaves scrambled, so no argument list, output or file ever holds it.
 */
import { errorMessage } from "../errors.ts";
import { exitCodes } from "../exit.ts";
import { encodeBaked } from "./baked.ts";
import { checkSettings } from "./decide.ts";
import { parseToml } from "./problems.ts";
import { parseWebhook, type Webhook } from "./webhook.ts";
import { existsSync, readFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";

interface Setting {
  readonly value: string;
  readonly origin: string;
}

/** A wrong setting: the message says which, where it came from and what was expected, and never its value. */
class Refusal extends Error {}

/** The environment wins, an empty value there means none; then the git-ignored `.env` beside `build.sh`. */
function readSetting(name: string): Setting | undefined {
  const inEnvironment = process.env[name];
  if (inEnvironment !== undefined) {
    return inEnvironment === "" ? undefined : { value: inEnvironment, origin: `${name} in the environment` };
  }
  const inFile = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8"))[name] : undefined;
  return inFile ? { value: inFile, origin: `${name} in .env` } : undefined;
}

/** A settings file as the program will see it: what JSON cannot hold is not baked in, and so it is not checked either. */
function readSettings(path: string): unknown {
  const settings: unknown = JSON.parse(JSON.stringify(readToml(path)));
  const problems = checkSettings(settings, path);
  if (problems.length > 0) throw new Refusal(problems.join("\n"));
  return settings;
}

function readToml(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Refusal(`--config ${path}: ${errorMessage(error)}`);
  }
  const parsed = parseToml(text);
  if (!parsed.ok) throw new Refusal(`--config ${path}: the settings file ${parsed.problem}`);
  return parsed.value;
}

function readWebhook(name: string, allowHosts: readonly string[]): Webhook | undefined {
  const setting = readSetting(name);
  if (!setting) return undefined;
  const parsed = parseWebhook(setting.value, allowHosts);
  if (!parsed.ok) throw new Refusal(`${setting.origin}: ${parsed.problem}`);
  return parsed.value;
}

function bake(configPath: string | undefined): string {
  const allowHost = readSetting("SERVER_METRICS_ALLOW_HOST")?.value;
  const allowHosts = allowHost ? [allowHost] : [];
  const webhook = readWebhook("DISCORD_WEBHOOK_URL", allowHosts);
  const alertWebhook = readWebhook("DISCORD_ALERT_WEBHOOK_URL", allowHosts);
  const blob = encodeBaked({
    ...(webhook ? { webhook: webhook.url } : {}),
    ...(alertWebhook ? { alertWebhook: alertWebhook.url } : {}),
    ...(allowHost ? { allowHost } : {}),
    ...(configPath === undefined ? {} : { settings: readSettings(configPath) }),
  });
  return `${webhook?.id ?? ""} ${blob}`;
}

try {
  const { values } = parseArgs({ options: { config: { type: "string" } } });
  console.log(bake(values.config));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = exitCodes.config;
}
