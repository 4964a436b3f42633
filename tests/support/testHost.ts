import {
  type CheckFinding,
  type FileSystemUsage,
  hidden,
  type Host,
  type HttpFinding,
  Unavailable,
} from "../../lib/model/host.ts";
import type { ProbeAnswer } from "../../lib/model/probe.ts";

/** What is read: text as it is, bytes decoded as they are asked for, an error thrown, a promise awaited. */
export type Answer = string | Uint8Array | Error | Promise<string>;

/** A machine in a few lines. Everything that is not given is not there. */
export interface TestMachine {
  /** Files below /proc, such as `meminfo` or `1/stat`. */
  readonly proc?: Readonly<Record<string, Answer>>;
  /** Files below /sys. */
  readonly sys?: Readonly<Record<string, Answer>>;
  /** Any other files, by absolute path. */
  readonly files?: Readonly<Record<string, Answer>>;
  /** Directories whose listing does not follow from the files, by absolute path. */
  readonly dirs?: Readonly<Record<string, readonly string[] | Error>>;
  /** Links in directories: where each leads, by its name. */
  readonly links?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By mount point, one character a byte. What is not given of a usage is 0. */
  readonly statfs?: Readonly<Record<string, Partial<FileSystemUsage> | Error | Promise<FileSystemUsage>>>;
  /** By program and arguments: `"systemctl show"`. */
  readonly run?: Readonly<Record<string, Answer>>;
  /** By socket and path: `"/var/run/docker.sock /containers/json"`. */
  readonly getUnix?: Readonly<Record<string, Answer>>;
  /** systeminformation's answers as JSON, by call: `"cpu"`. */
  readonly inventory?: Readonly<Record<string, Answer>>;
  /** What is found of pages and ports, by the check's name. */
  readonly checks?: Readonly<Record<string, Partial<HttpFinding>>>;
  /** What the owner's probes answer, by name. */
  readonly probes?: Readonly<Record<string, ProbeAnswer>>;
}

const noUsage: FileSystemUsage = { totalBytes: 0, freeBytes: 0, availableBytes: 0, inodes: 0, inodesFree: 0 };

/** A Host made of plain maps. */
export function testHost(machine: TestMachine): Host {
  const files = new Map([
    ...Object.entries(machine.proc ?? {}).map(([name, answer]) => [`/proc/${name}`, answer] as const),
    ...Object.entries(machine.sys ?? {}).map(([name, answer]) => [`/sys/${name}`, answer] as const),
    ...Object.entries(machine.files ?? {}),
  ]);
  const read = (path: string, encoding: "utf8" | "latin1" = "utf8") => given(files.get(path), path, encoding);
  const host: Host = {
    readProc: (name, encoding) => read(`/proc/${name}`, encoding),
    readProcUntil: (name) => read(`/proc/${name}`),
    readSys: (name) => read(`/sys/${name}`),
    readFile: (path) => read(path),
    list: async (path) => {
      const listing = machine.dirs?.[path] ?? namesBelow(path, [...files.keys()]);
      if (listing instanceof Error) throw listing;
      if (listing.length === 0 && machine.dirs?.[path] === undefined) throw absent(path);
      return listing;
    },
    links: async (path) => {
      const links = machine.links?.[path];
      if (links === undefined) throw absent(path);
      return new Map(Object.entries(links));
    },
    stamps: async (paths) =>
      paths.map((path) => {
        const file = files.get(path);
        const below = [...namesBelow(path, [...files.keys()]), ...Object.entries(machine.links?.[path] ?? {})];
        if (file instanceof Error) return hidden;
        if (file instanceof Promise) return "promised";
        return file === undefined ? below.join() || null : Bun.hash(file).toString();
      }),
    stamp: async (paths) => (await host.stamps(paths)).join(),
    statfs: async (mountPoint) => {
      const usage = await machine.statfs?.[mountPoint.toString("latin1")];
      if (usage === undefined) throw absent("statfs");
      if (usage instanceof Error) throw usage;
      return { ...noUsage, ...usage };
    },
    run: (program, args) => given(machine.run?.[[program, ...args].join(" ")], program),
    getUnix: (socket, path) => given(machine.getUnix?.[`${socket} ${path}`], socket),
    inventory: (part) => given(machine.inventory?.[part], "systeminformation"),
    checkHttp: async ({ name }) => ({ certificateDays: null, ...found(machine, name) }),
    checkTcp: async ({ name }) => found(machine, name),
    askProbe: async ({ name }) => machine.probes?.[name] ?? { kind: "nothing", problem: { code: "absent" } },
  };
  return host;
}

/** What is not given of a check is well. */
const found = ({ checks }: TestMachine, name: string): CheckFinding => ({
  problem: null,
  seconds: null,
  ...checks?.[name],
});

const absent = (name: string) => new Unavailable(`${name} is not there`);

async function given(answer: Answer | undefined, name: string, encoding: "utf8" | "latin1" = "utf8"): Promise<string> {
  if (answer === undefined) throw absent(name);
  if (answer instanceof Error) throw answer;
  return answer instanceof Uint8Array ? Buffer.from(answer).toString(encoding) : answer;
}

/** A directory is there when a file below it is. */
function namesBelow(path: string, files: readonly string[]): readonly string[] {
  const prefix = `${path}/`;
  const below = files.filter((file) => file.startsWith(prefix));
  return [...new Set(below.map((file) => file.slice(prefix.length).split("/", 1)[0] ?? ""))];
}
