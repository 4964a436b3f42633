import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { type FakeDiscord, fakeDiscord } from "../support/fakeDiscord.ts";
import { type Finished, machinesDirectory, run, type RunOptions, temporaryDirectory } from "../support/project.ts";

/** A machine that lives from run to run: its clock, its boot, its state, and a Discord to talk to. */
export interface Life extends AsyncDisposable {
  readonly discord: FakeDiscord;
  /** A directory of its own; the state is in `state` below it. */
  readonly directory: string;
  readonly stateDirectory: string;
  /** One run of the compiled binary; `prefix` is what starts it, `environment` comes over its own. */
  readonly run: (options?: LifeOptions) => Promise<Finished>;
  /** The time of the next run, RFC 3339. */
  readonly now: () => string;
  /** Lets time pass; `rebooted` gives it another boot. */
  readonly pass: (minutes: number, rebooted?: boolean) => void;
  /** What programs print on it from now on, by their name and arguments; systemd runs there. */
  readonly answer: (run: Readonly<Record<string, string>>) => void;
  /** Everything that any run has printed. */
  readonly outputs: readonly string[];
}

/** How one run differs from the usual. */
export interface LifeOptions extends Pick<RunOptions, "stop"> {
  readonly arguments?: readonly string[];
  readonly prefix?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The machine that this runs on, and its clock, instead of the captured one. */
  readonly onThisMachine?: boolean;
  /** What is to be started instead, for a shell around it. */
  readonly command?: (binary: string) => readonly string[];
}

/** An address at which nobody listens. */
export const nobody = {
  DISCORD_WEBHOOK_URL: "http://127.0.0.1:9/api/webhooks/112233445566778899/nobody-listens-here",
  SERVER_METRICS_ALLOW_HOST: "127.0.0.1:9",
};

/** Starts a life. Its waits take no time, because a captured machine's clock does not wait. */
export async function startLife(startMs = Date.parse("2026-07-10T12:00:00Z")): Promise<Life> {
  const program = await binary;
  const discord = await fakeDiscord();
  const home = temporaryDirectory();
  const machine = join(home.path, "machine");
  const outputs: string[] = [];
  let nowMs = startMs;
  let bootedMs = nowMs - 23 * 86_400_000;
  let boots = 1;
  let answers: Readonly<Record<string, string>> = {};
  const settle = () => {
    mkdirSync(join(machine, "proc/sys/kernel/random"), { recursive: true });
    const base = join(machinesDirectory, "vps-tokyo");
    const takenAt = new Date(nowMs).toISOString();
    writeFileSync(join(machine, "machine.json"), JSON.stringify({ base, takenAt, run: answers }));
    writeFileSync(join(machine, "proc/uptime"), `${(nowMs - bootedMs) / 1000} 0.00\n`);
    writeFileSync(join(machine, "proc/sys/kernel/random/boot_id"), `boot-${boots}\n`);
  };
  settle();
  const stateDirectory = join(home.path, "state");
  return {
    discord,
    directory: home.path,
    stateDirectory,
    outputs,
    now: () => new Date(nowMs).toISOString(),
    pass: (minutes, rebooted = false) => {
      nowMs += minutes * 60_000;
      if (rebooted) {
        boots += 1;
        bootedMs = nowMs - 30_000;
      }
      settle();
    },
    answer: (printed) => {
      answers = printed;
      mkdirSync(join(machine, "run/systemd/system"), { recursive: true });
      writeFileSync(join(machine, "run/systemd/system/.empty"), "");
      settle();
    },
    run: async ({
      arguments: extra = [],
      prefix = [],
      environment = {},
      onThisMachine = false,
      command,
      ...stop
    } = {}) => {
      const started = command?.(program) ?? [program, "--sample", "0", ...extra];
      const finished = await run([...prefix, ...started], {
        ...stop,
        cwd: "/",
        env: {
          DISCORD_WEBHOOK_URL: discord.webhookUrl,
          SERVER_METRICS_ALLOW_HOST: discord.host,
          SERVER_METRICS_STATE_DIR: stateDirectory,
          ...(onThisMachine ? {} : { SERVER_METRICS_MACHINE: machine }),
          ...environment,
        },
      });
      outputs.push(finished.stdout, finished.stderr);
      return finished;
    },
    [Symbol.asyncDispose]: async () => {
      await discord[Symbol.asyncDispose]();
      home[Symbol.dispose]();
    },
  };
}

/** The moment that each card in the channel was measured at, RFC 3339; digests and alerts are left out. */
export function cardsIn({ messages }: FakeDiscord): readonly string[] {
  return messages.flatMap((message) => {
    const [, time] = /"title":"🟢[^"]*".*"timestamp":"([^"]+)"/u.exec(JSON.stringify(message)) ?? [];
    return time === undefined ? [] : [time];
  });
}
