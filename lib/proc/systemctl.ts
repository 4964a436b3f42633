import { type Host, Unavailable } from "../model/host.ts";
import type { ChecksConfig } from "../model/settings.ts";
import { parseCount } from "./number.ts";

/** The state of one unit, in systemd's words, see `systemctl(1)`. */
export interface Unit {
  readonly id: string;
  /** All its names, where they were asked for. */
  readonly names: readonly string[];
  /** `loaded`, `not-found`, `masked`, … */
  readonly loadState: string;
  readonly activeState: string;
  readonly subState: string;
  /** `enabled`, `disabled`, `static`, …; empty where there is no file. */
  readonly fileState: string;
  /** The way it failed: `exit-code`, `signal`, `timeout`, `oom-kill`, … */
  readonly result: string;
  /** How often systemd has started it again by itself; null where it does not count, before 235. */
  readonly restarts: number | null;
  /** When its process was started, microseconds of the machine's uptime; 0 for never. */
  readonly startedAt: number;
  /** Another unit starts it: a socket, a timer, one that wants it. */
  readonly startedByOthers: boolean;
}

/** This program's own service: what it could not deliver it says otherwise, and it starts at each look. */
export const isOwnUnit = ({ id }: Unit): boolean => id === "server-metrics.service";

/** Every kind of unit that can fail, as `systemctl --failed` lists them. */
const kinds = ["service", "mount", "swap", "socket", "timer", "path", "automount", "scope"];

const properties = [
  "Id",
  "LoadState",
  "ActiveState",
  "SubState",
  "UnitFileState",
  "Result",
  "NRestarts",
  "ExecMainStartTimestampMonotonic",
];
const propertiesOfNamed = ["Names", "TriggeredBy", "WantedBy", "RequiredBy"];

/** Parses what `systemctl show` prints: `Key=value` lines, an empty line between units. A unit may be there twice. */
function parseUnits(text: string): readonly Unit[] {
  const units = text.split("\n\n").map((paragraph) => {
    const entries = paragraph.split("\n").map((line) => line.split("=", 2));
    const values = new Map(entries.map(([key = "", value = ""]) => [key, value]));
    const of = (key: string) => values.get(key) ?? "";
    return {
      id: of("Id"),
      names: of("Names").split(" "),
      loadState: of("LoadState"),
      activeState: of("ActiveState"),
      subState: of("SubState"),
      fileState: of("UnitFileState"),
      result: of("Result"),
      restarts: parseCount(of("NRestarts")),
      startedAt: parseCount(of("ExecMainStartTimestampMonotonic")) ?? 0,
      startedByOthers: of("TriggeredBy") + of("WantedBy") + of("RequiredBy") !== "",
    };
  });
  return [...new Map(units.filter(({ id }) => id !== "").map((unit) => [unit.id, unit])).values()];
}

const underWay = new WeakMap<Host, Promise<readonly Unit[]>>();

/**
 * All units that systemd has loaded and that can fail, and the units of the settings, loaded or not. Whoever asks while an answer is
 * on its way shares it, so that a report starts one process for all. Throws `Unavailable` where no systemd runs.
 */
export function readUnits(host: Host, { services }: ChecksConfig): Promise<readonly Unit[]> {
  const pending =
    underWay.get(host) ??
    askSystemd(
      host,
      services.map(({ unit }) => unit),
    );
  underWay.set(host, pending);
  const forget = () => underWay.delete(host);
  pending.then(forget, forget);
  return pending;
}

async function askSystemd(host: Host, named: readonly string[]): Promise<readonly Unit[]> {
  // sd_booted(3): without systemd, systemctl is not started at all.
  await host.list("/run/systemd/system").catch(() => {
    throw new Unavailable("systemd is not running");
  });
  const wanted = named.length === 0 ? properties : [...properties, ...propertiesOfNamed];
  return parseUnits(
    await host.run("systemctl", [
      "show",
      ...kinds.map((kind) => `*.${kind}`),
      ...named,
      `--property=${wanted.join(",")}`,
    ]),
  );
}
