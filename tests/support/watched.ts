import { expect } from "bun:test";

import { encodeBaked } from "../../lib/settings/baked.ts";
import { parseWebhook } from "../../lib/settings/webhook.ts";
import { checkout } from "./checkout.ts";
import { fakeDiscord, type FakeDiscord } from "./fakeDiscord.ts";
import { leaksIn } from "./leaks.ts";
import { type Finished, run, temporaryDirectory } from "./project.ts";

/** A program with a webhook inside, whose every word is looked through. */
export interface Watched extends AsyncDisposable {
  /** The channel that its webhook leads to. */
  readonly discord: FakeDiscord;
  /** The executable. */
  readonly path: string;
  /** Runs it to its end with these variables only; fails when a piece of the webhook's secret is in what it says. */
  readonly run: (
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
  ) => Promise<Finished>;
  /** What of the secret stands in a text, wherever that comes from. */
  readonly leaksIn: (text: string) => readonly string[];
}

/** Builds the program, with `files` over its own, for a fake Discord that lives as long. */
export async function buildWatched(files: Readonly<Record<string, string>> = {}): Promise<Watched> {
  const discord = await fakeDiscord();
  const { host, webhookUrl, token } = discord;
  const tree = checkout(files);
  const built = await tree.build([], { DISCORD_WEBHOOK_URL: webhookUrl, SERVER_METRICS_ALLOW_HOST: host });
  expect(built).toMatchObject({ status: 0, stderr: "" });
  const parsed = parseWebhook(webhookUrl, [host]);
  // The scrambled webhook is as good as the plain one to whoever has this source.
  const blob = encodeBaked({ webhook: parsed.ok ? parsed.value.url : "", allowHost: host });
  const leaks = (text: string) => leaksIn(text, [token, blob]);
  const path = tree.at("dist/server-metrics");
  return {
    discord,
    path,
    leaksIn: leaks,
    run: async (args, { cwd = tree.at(), env = {} } = {}) => {
      const finished = await runWithOnly(env, [path, ...args], cwd);
      expect(leaks(finished.stdout + finished.stderr)).toEqual([]);
      return finished;
    },
    [Symbol.asyncDispose]: async () => {
      tree[Symbol.dispose]();
      await discord[Symbol.asyncDispose]();
    },
  };
}

/** `env -i`, but for what is given, and with a home of its own that is empty. */
async function runWithOnly(env: Readonly<Record<string, string>>, command: readonly string[], cwd: string) {
  using home = temporaryDirectory();
  const assignments = Object.entries({ HOME: home.path, ...env }).map(([name, value]) => `${name}=${value}`);
  return await run(["env", "-i", ...assignments, ...command], { cwd });
}
