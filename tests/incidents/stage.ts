import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Clock } from "../../lib/clock.ts";
import { thisMachine } from "../../lib/host/linux.ts";
import { readOwn } from "../../lib/host/readFile.ts";
import { main } from "../../lib/main.ts";
import type { Host } from "../../lib/model/host.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { projectRoot } from "../support/project.ts";
import { testWorld } from "../support/testWorld.ts";
import type { IncidentName } from "./incidents.ts";

/** What the machine says in place of the kernel, by the file below /proc; each is given what the kernel says. */
type Faked = Record<string, (real: string) => string>;

/** This machine, on which time passes as quickly as an incident wants, and which reports into a channel. */
export interface Stage extends AsyncDisposable {
  /** Empty, in memory, and of this incident alone. */
  readonly directory: string;
  /** Runs a shell script, with `$W` the directory; throws when it fails. */
  readonly shell: (script: string) => void;
  /** The same, and does not wait for its end. */
  readonly start: (script: string) => void;
  /** Settings in TOML. */
  readonly settings: (toml: string) => void;
  readonly faked: Faked;
  /** Other parts of the machine that are not real. */
  readonly pretend: (part: (host: Host) => Partial<Host>) => void;
  /** Lets minutes pass and reports. */
  readonly report: (minutesLater?: number) => Promise<void>;
  /** Lets minutes pass. */
  readonly pass: (minutes: number) => void;
  /** The machine is started anew. */
  readonly reboot: () => void;
  /** From now on the CPUs do this, in percent of their time. */
  readonly cpus: (shares: { readonly busy?: number; readonly iowait?: number; readonly steal?: number }) => void;
  /** Moves the clock without any time having passed. */
  readonly setClock: (minutes: number) => void;
  /** Reports each half hour until there is an alert that has the text; what the alert says. */
  readonly firstAlert: (having?: string, looks?: number) => Promise<string>;
}

/** How an incident is made. */
export interface Script {
  /** Of the rules that are off because of what else a machine has to do: those that it is about. */
  readonly about?: readonly string[];
  /** Makes it, and returns the first alert. */
  readonly play: (stage: Stage) => Promise<string>;
}

export type Scripts = Partial<Record<IncidentName, Script>>;

/** Rules that speak of whatever else this machine has to do. */
const noise = ["cpu_busy", "cpu_steal", "cpu_iowait", "load", "memory", "swap_used", "temperature", "reboot"];

/** Opens the stage in a directory. `about` are the rules of the noisy ones that the incident is about. */
export async function openStage(directory: string, about: readonly string[]): Promise<Stage> {
  const discord = await fakeDiscord();
  const [config, state] = [join(directory, "settings.toml"), join(directory, "state")];
  mkdirSync(state);
  const faked: Faked = {};
  let offsetMs = 0;
  let bootedMs: number | null = null;
  let clockMs = 0;
  const elapsedMs = () => performance.now() + offsetMs;
  const clock: Clock = {
    ...thisMachine.clock,
    now: () => Date.now() + offsetMs + clockMs,
    monotonicMs: elapsedMs,
  };
  let host: Host = {
    ...thisMachine.host,
    readProc: async (name, encoding) => {
      const fake = faked[name];
      const real = await thisMachine.host.readProc(name, encoding).catch((error: unknown) => {
        if (fake === undefined) throw error;
        return "";
      });
      const upSeconds =
        bootedMs === null ? Number(real.split(" ", 1)[0]) + offsetMs / 1000 : (elapsedMs() - bootedMs) / 1000;
      const shifted = name === "uptime" ? `${upSeconds.toFixed(2)} 0.00\n` : real;
      return fake?.(shifted) ?? shifted;
    },
  };
  // The kernel's log has its own times.
  const later = (_: string, blanks: string, seconds: string) =>
    `[${blanks}${(Number(seconds) + offsetMs / 1000).toFixed(6)}]`;
  const { run: runReal } = host;
  host = {
    ...host,
    run: async (program, args, limits) => {
      const text = await runReal(program, args, limits);
      return program === "dmesg" ? text.replace(/^\[( *)(\d+\.\d+)\]/gm, later) : text;
    },
  };
  const env = { W: directory, PATH: process.env["PATH"] ?? "", LC_ALL: "C" };
  const settings = (toml: string) => {
    const off = noise.filter((rule) => !about.includes(rule)).map((rule) => `${rule} = false\n`);
    writeFileSync(config, `name = "vps"\nlanguage = "en"\n${toml}\n[rules]\n${off.join("")}`);
  };
  settings("");
  const run = async () => {
    const { output, ...others } = testWorld();
    const world = {
      ...others,
      output,
      argv: ["report", "--sample", "0"],
      env: {
        DISCORD_WEBHOOK_URL: discord.webhookUrl,
        SERVER_METRICS_ALLOW_HOST: discord.host,
        SERVER_METRICS_STATE_DIR: state,
        SERVER_METRICS_CONFIG: config,
        TZ: "UTC",
      },
      machine: { host, clock },
      readText: readOwn,
      programFile: "/usr/local/bin/server-metrics",
    };
    const status = await main(world);
    if (status !== 0) throw new Error(`the report ended with ${status}: ${others.said.errors.join("; ")}`);
  };
  const report = async (minutesLater = 30) => {
    offsetMs += minutesLater * 60_000;
    await run();
  };
  return {
    directory,
    faked,
    settings,
    report,
    shell: (script) => {
      const { success, stderr } = Bun.spawnSync(["sh", "-euc", script], { cwd: directory, env });
      if (!success) throw new Error(`${stderr.toString()}\nin ${script}`);
    },
    start: (script) =>
      void Bun.spawn(["sh", "-euc", script], { cwd: directory, env, stdout: "ignore", stderr: "ignore" }),
    pretend: (part) => void (host = { ...host, ...part(host) }),
    pass: (minutes) => void (offsetMs += minutes * 60_000),
    reboot: () => {
      bootedMs = elapsedMs();
      faked["sys/kernel/random/boot_id"] = () => "another-boot\n";
    },
    cpus: (shares) => {
      const startMs = elapsedMs();
      // A hundred ticks a second, of two CPUs; before this they had nothing to do.
      const ticks = (percent: number) => Math.round(((elapsedMs() - startMs) / 1000) * 2 * percent);
      faked["stat"] = (real) => {
        const { busy = 0, iowait = 0, steal = 0 } = shares;
        const idle = 1_000_000 + ticks(100 - busy - iowait - steal);
        return real.replace(/^cpu .*/m, `cpu  ${ticks(busy)} 0 0 ${idle} ${ticks(iowait)} 0 0 ${ticks(steal)} 0 0`);
      };
    },
    setClock: (minutes) => void (clockMs += minutes * 60_000),
    firstAlert: async (having = "", looks = 6) => {
      const known = discord.messages.length;
      for (let look = 0; look < looks; look += 1) {
        await report();
        const alert = discord.messages
          .slice(known)
          .map(textOf)
          .find((text) => text?.includes(having) === true);
        if (alert !== null && alert !== undefined) return alert;
      }
      return "";
    },
    [Symbol.asyncDispose]: () => discord[Symbol.asyncDispose](),
  };
}

interface Posted {
  readonly flags?: number;
  readonly content?: string;
  readonly embeds?: readonly { readonly description?: string }[];
}

/** What a person reads of an alert; null of what is no alert: a card makes no sound. */
function textOf(message: unknown): string | null {
  const { flags, content = "", embeds = [] } = message as Posted;
  if (flags !== undefined) return null;
  return [content, ...embeds.map(({ description = "" }) => description)]
    .join("\n")
    .replaceAll("\u00A0", " ")
    .replaceAll(/\*\*|[\u2060\u200B]/g, "")
    .replaceAll(/\\(?=[^a-zA-Z0-9\s])/g, "");
}

/** Where the stage's own programs are. */
export const stageFile = join(projectRoot, "tests/incidents/play.ts");
