import { expect } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { decide } from "../../../lib/settings/decide.ts";
import { parseToml } from "../../../lib/settings/problems.ts";
import { binary } from "../../support/binary.ts";
import { withPackages } from "../../support/packages.ts";
import { openProbing } from "../../support/probing.ts";
import { temporaryDirectory } from "../../support/project.ts";

/**
 * A machine with nothing on it but what a test starts: processes, network, `/run`, `/etc/cron.*` and `/etc/letsencrypt`
 * are its own. Two programs look at it side by side, one as cron starts it, one with the rights of the hardened timer.
 */
export interface Life extends AsyncDisposable {
  /** A path in memory that only this machine has. */
  readonly at: (name: string) => string;
  /** Runs a shell script; returns what it printed. */
  readonly shell: (script: string) => Promise<string>;
  /** Starts a server, and waits until a shell command succeeds. */
  readonly start: (command: readonly string[], isUp: string) => Promise<void>;
  /** Ends every process whose command begins so, and waits for that. */
  readonly stop: (begin: string) => Promise<void>;
  /** Takes what `suggest` prints as settings, which `check` must find right and a look well; returns it. */
  readonly adopt: () => Promise<string>;
  /** Both look twice. The first look says nothing, the second one all of this. */
  readonly tells: (...texts: readonly (RegExp | string)[]) => Promise<void>;
}

/** What a developer's machine has in these places is none of the tests' business. */
const emptied = ["/run", "/var/spool/cron", "/etc/systemd/system", "/etc/letsencrypt", "/etc/nginx"].concat(
  ["d", "hourly", "daily", "weekly", "monthly"].map((name) => `/etc/cron.${name}`),
);

const cron = ["env", "-i", "HOME=/root", "LOGNAME=root", "SHELL=/bin/sh", "PATH=/usr/bin:/bin"];

async function openMachine() {
  const etc = temporaryDirectory();
  for (const name of ["letsencrypt", "nginx"]) mkdirSync(join(etc.path, name));
  writeFileSync(join(etc.path, "crontab"), "");
  // A bare chroot has none, and servers look themselves up.
  writeFileSync(join(etc.path, "hosts"), `127.0.0.1 localhost ${hostname()}\n`);
  chmodSync(etc.path, 0o755);
  const namespace = await withPackages({ network: true, processes: true }, { etc: etc.path });
  const mounts = emptied.map((path) => `[ ! -d ${path} ] || mount -t tmpfs -o mode=755 tmpfs ${path}`);
  await namespace.shell(["ip link set lo up", ...mounts].join("\n"));
  return { namespace, etc };
}

/** Patience for a busy machine: ten minutes of it would be another limit's. */
const until = (command: string) =>
  `i=0; until ${command} >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 1200 ] || { tail -5 $W/log; exit 1; } >&2; sleep 0.05; done`;

const called = (begin: string) =>
  `for p in /proc/[0-9]*; do case "$(tr '\\0' ' ' 2>/dev/null <$p/cmdline)" in '${begin}'*) echo "\${p#/proc/}";; esac; done`;

/** Whether a server waits at a port. */
export const listens = (port: number): string =>
  `grep -q ':${port.toString(16).toUpperCase().padStart(4, "0")} .* 0A ' /proc/net/tcp /proc/net/tcp6`;

export async function openLife(): Promise<Life> {
  const { namespace, etc } = await openMachine();
  const machines = {
    cron: await openProbing({ inside: namespace, by: "cron" }),
    timer: await openProbing({ inside: namespace, by: "timer" }),
  };
  const all = Object.values(machines);
  const look = async () => {
    const looks = await Promise.all(all.map((machine) => machine.look()));
    for (const { stderr, status } of looks) expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    return looks.map(({ alerts }) => alerts.join("\n"));
  };
  return {
    at: (name) => join(namespace.directory, name),
    shell: namespace.shell,
    start: async (command, isUp) => {
      const line = ["sh", "-c", 'exec "$@" >>"$0" 2>&1', join(namespace.directory, "log"), ...command];
      Bun.spawn([...namespace.enter(line)], { stdin: "ignore", stdout: "ignore", stderr: "inherit" });
      await namespace.shell(until(isUp));
    },
    stop: async (begin) => {
      await namespace.shell(`kill $(${called(begin)}); ${until(`[ -z "$(${called(begin)})" ]`)}`);
    },
    adopt: async () => {
      const command = [...cron, await binary, "suggest", "--state-dir", "none"];
      const { stdout: toml, stderr, status } = await namespace.run(command);
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
      for (const machine of all) machine.configure(toml);
      // Of the two, the one with fewer rights.
      const { stdout } = await machines.timer.command("check", "--json");
      const { findings } = JSON.parse(stdout) as { findings: readonly { what: string; ok: boolean; says: string }[] };
      const about = findings.filter(({ what }) => what === "settings" || what === "probe");
      expect(about.filter(({ ok }) => !ok)).toEqual([]);
      expect(about.length - 1).toBe(probesOf(toml));
      expect(await look()).toEqual(["", ""]);
      return toml;
    },
    tells: async (...texts) => {
      expect(await look()).toEqual(["", ""]);
      for (const said of await look()) for (const text of texts) expect(said).toMatch(text);
    },
    [Symbol.asyncDispose]: async () => {
      for (const machine of all) await machine[Symbol.asyncDispose]();
      await namespace[Symbol.asyncDispose]();
      // What an overlay lies over has to stay.
      etc[Symbol.dispose]();
    },
  };
}

/** How many probes there are in some settings. */
function probesOf(toml: string): number {
  const parsed = parseToml(toml);
  const decided = decide([{ values: parsed.ok ? parsed.value : null, nameOf: String }]);
  return decided.ok ? decided.value.probes.length : -1;
}
