import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary } from "./binary.ts";
import { fakeDiscord } from "./fakeDiscord.ts";
import { hardened } from "./hardened.ts";
import type { Namespace } from "./namespace.ts";
import { type Finished, machinesDirectory, projectRoot, run, temporaryDirectory } from "./project.ts";

const startMs = Date.parse("2026-08-01T12:00:00Z");

/** A machine on which nothing changes but what its owner checks; the compiled binary looks at it. */
export interface Probing extends AsyncDisposable {
  readonly directory: string;
  readonly discord: Pick<Listening, "messages">;
  /** The settings beside the webhook. */
  readonly configure: (toml: string) => void;
  /** A look, five minutes after the one before, and what it posted of alerts: headline and lines as one text. */
  readonly look: (
    wrap?: (command: readonly string[]) => readonly string[],
  ) => Promise<Finished & { readonly alerts: readonly string[] }>;
  /** Any command, at the time of the last look. */
  readonly command: (...args: readonly string[]) => Promise<Finished>;
}

/** Where the program looks, and what starts it. */
export interface ProbingOptions {
  /** A namespace with a network of its own. */
  readonly inside?: Namespace;
  /** Default: cron. The timer leaves fewer rights to root. */
  readonly by?: "cron" | "timer";
}

/** A fake Discord, and what it has heard so far. */
interface Listening extends AsyncDisposable {
  readonly host: string;
  readonly webhookUrl: string;
  readonly messages: readonly unknown[];
  /** Brings `messages` up to date. */
  readonly listen: () => Promise<void>;
}

async function listening(inside: Namespace | undefined): Promise<Listening> {
  if (inside === undefined) return Object.assign(await fakeDiscord(), { listen: async () => undefined });
  const script = join(projectRoot, "tests/support/discordProcess.ts");
  const child = Bun.spawn([...inside.enter([process.execPath, "--no-env-file", script])], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const line = async (): Promise<string> => {
    while (!rest.includes("\n")) {
      const { done, value } = await reader.read();
      if (done) throw new Error("the fake Discord has ended");
      rest += value;
    }
    const [first = "", ...more] = rest.split("\n");
    rest = more.join("\n");
    return first;
  };
  const { host, webhookUrl } = JSON.parse(await line()) as { readonly host: string; readonly webhookUrl: string };
  const messages: unknown[] = [];
  return {
    host,
    webhookUrl,
    messages,
    listen: async () => {
      await child.stdin.write("\n");
      await child.stdin.flush();
      messages.push(...(JSON.parse(await line()) as readonly unknown[]));
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child.exited;
    },
  };
}

/** Variables that each sets, systemd.exec(5); all others are not there. */
const variablesOf = {
  cron: (home: string) => [`HOME=${home}`, "LOGNAME=root", "SHELL=/bin/sh", "PATH=/usr/bin:/bin"],
  timer: () => [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
    "LANG=C.UTF-8",
    "INVOCATION_ID=0123456789abcdef0123456789abcdef",
    "JOURNAL_STREAM=8:1",
  ],
} as const;

export async function openProbing({ inside, by = "cron" }: ProbingOptions = {}): Promise<Probing> {
  const parent = temporaryDirectory();
  const discord = await listening(inside);
  const started = (command: readonly string[]) => (by === "timer" ? [...hardened, ...command] : command);
  const enter = (command: readonly string[]) => inside?.enter(started(command)) ?? started(command);
  const at = (name: string) => join(parent.path, name);
  const program = await binary;
  let looks = 0;
  const commandOf = (args: readonly string[]) => {
    const machine = at(`machine-${looks}`);
    mkdirSync(join(machine, "proc"), { recursive: true });
    writeFileSync(join(machine, "proc/uptime"), `${1e6 + looks * 300} 0\n`);
    const takenAt = new Date(startMs + looks * 300_000).toISOString();
    writeFileSync(
      join(machine, "machine.json"),
      JSON.stringify({ base: join(machinesDirectory, "vps-tokyo"), takenAt }),
    );
    const variables = [
      ...variablesOf[by](parent.path),
      `SERVER_METRICS_MACHINE=${machine}`,
      `SERVER_METRICS_ALLOW_HOST=${discord.host}`,
    ];
    return ["env", "-i", ...variables, program, ...args, "--config", at("settings.toml"), "--state-dir", at("state")];
  };
  return {
    directory: parent.path,
    discord,
    configure: (toml) => {
      writeFileSync(at("settings.toml"), `webhook = "${discord.webhookUrl}"\nsample = 0\n${toml}`);
      chmodSync(at("settings.toml"), 0o600);
    },
    look: async (wrap = (command) => command) => {
      looks += 1;
      const before = discord.messages.length;
      const finished = await run(wrap(enter(commandOf(["report", "--only-changes"]))), { cwd: "/" });
      await discord.listen();
      return {
        ...finished,
        alerts: discord.messages.slice(before).map((message) => JSON.stringify(message).replaceAll("\u00a0", " ")),
      };
    },
    command: (...args) => run(enter(commandOf(args)), { cwd: "/" }),
    [Symbol.asyncDispose]: async () => {
      await discord[Symbol.asyncDispose]();
      parent[Symbol.dispose]();
    },
  };
}
