import type { Host } from "../../model/host.ts";
import { parseCrontab } from "../../proc/crontabs.ts";
import { type Fact, factOf, hashText } from "../../proc/facts.ts";
import type { Watch } from "./watch.ts";

const daily = ["cron.hourly", "cron.daily", "cron.weekly", "cron.monthly"];
const periodic = ["15min", "hourly", "daily", "weekly", "monthly"];

/** What cron runs: lines of crontabs, and scripts in its directories. The program's own line is none. */
export async function readCron(watch: Watch, program: string | null): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  const lines = async (path: string, hasUser: boolean) => {
    const found = parseCrontab((await watch.read(path)) ?? "", hasUser);
    for (const { line, program: text } of found) {
      if (program !== null && line.includes(program)) continue;
      facts.push(factOf({ subject: path, id: hashText(line), text, path }));
    }
  };
  await lines("/etc/crontab", true);
  for (const name of await watch.list("/etc/cron.d")) await lines(`/etc/cron.d/${name}`, true);
  for (const spool of ["/var/spool/cron/crontabs", "/var/spool/cron", "/etc/crontabs"]) {
    const names = (await watch.list(spool)).filter((name) => !/^(?:crontabs|lastrun|atjobs|atspool|tmp\.)/.test(name));
    for (const name of names) await lines(`${spool}/${name}`, false);
  }
  const directories = [...daily.map((name) => `/etc/${name}`), ...periodic.map((name) => `/etc/periodic/${name}`)];
  for (const directory of directories) {
    for (const name of (await watch.list(directory)).filter((one) => !one.startsWith("."))) {
      const path = `${directory}/${name}`;
      const text = await watch.read(path);
      if (text !== null) facts.push(factOf({ subject: path, value: hashText(text), path }));
    }
  }
  return facts;
}

/** A library that is loaded into each program, `ld.so(8)`. */
export async function readPreload(watch: Watch): Promise<readonly Fact[]> {
  const path = "/etc/ld.so.preload";
  const text = ((await watch.read(path)) ?? "").replace(/#.*$/gm, "");
  const libraries = text.split(/[\s:]+/).filter(Boolean);
  return libraries.map((subject) => factOf({ subject, path: subject }));
}

/** The time zone, by its name. */
export async function readZone(watch: Watch): Promise<readonly Fact[]> {
  const named = (await watch.read("/etc/timezone"))?.trim();
  await watch.read("/etc/localtime");
  const link = (await watch.host.links("/etc").catch(() => null))?.get("localtime");
  const zone = link?.replace(/^.*\/zoneinfo\//, "") ?? named ?? "";
  return zone === "" ? [] : [factOf({ subject: "", value: zone, text: zone })];
}

/** This program, by size and time: it is large. */
export async function readProgram(watch: Watch, program: string | null, version: string): Promise<readonly Fact[]> {
  if (program === null) return [];
  watch.note(program);
  const [stamp = null] = await watch.host.stamps([program]);
  if (stamp === null) return [];
  return [factOf({ subject: program, value: stamp.split("-", 2).join("-"), text: version, path: program })];
}

/** The settings of this program. */
export async function readSettings(watch: Watch, settings: string | null): Promise<readonly Fact[]> {
  const text = settings === null ? null : await watch.read(settings);
  return text === null ? [] : [factOf({ subject: settings ?? "", value: hashText(text), path: settings ?? "" })];
}

const findMs = 15_000;
/** Where programs are, and where everybody may write. A disk with millions of files would take minutes. */
const places = ["/usr", "/bin", "/sbin", "/opt", "/etc", "/home", "/root", "/srv", "/tmp", "/var", "/dev/shm", "/run"];
const deepest = "5";
const without = ["/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/snap"];
const names = ["node_modules", ".git", ".cache"];

/**
 * Once a day: programs that run as their owner, or as their group, whoever starts them. Null where it takes too long, or
 * there is no find(1).
 */
export async function readSetuid(host: Host): Promise<readonly Fact[] | null> {
  const skip = [
    ...without.flatMap((path) => ["-path", path, "-prune", "-o"]),
    ...names.flatMap((name) => ["-name", name, "-prune", "-o"]),
  ];
  const wanted = ["-type", "f", "-perm", "/6000", "-perm", "/0111", "-print"];
  const args = ["-n", "19", "find", ...places, "-xdev", "-maxdepth", deepest, ...skip, ...wanted];
  try {
    const text = await host.run("nice", args, { deadlineMs: findMs, anyStatus: true });
    return text
      .split("\n")
      .filter((path) => path.startsWith("/"))
      .map((path) => factOf({ subject: path, path }));
  } catch {
    return null;
  }
}
