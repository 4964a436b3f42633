import type { Host } from "../model/host.ts";
import { parseCount, parseSigned } from "./number.ts";

/** One temperature, in degrees Celsius, and what the device itself calls too hot; null where it does not say. */
export interface Sensor {
  readonly sensor: string;
  readonly celsius: number;
  readonly maxCelsius: number | null;
  readonly criticalCelsius: number | null;
  /** A disk lives near its critical temperature, and its `max` says when it is too warm. */
  readonly warnsAtMax?: true;
  /** It has no limit of its own, while another sensor of the same device has: it says nothing about the device. */
  readonly isSecondary?: true;
}

/** Readings of dead or unconnected sensors: the ends of their scales, and everything beyond. */
const endsOfScales = new Set([0, 127, 127.5, 127.875, 128]);

/** Parses the millidegrees of one sensor. Null for what no machine has. */
export function parseMillidegrees(text: string | null): number | null {
  const celsius = (parseSigned(text?.trim()) ?? 0) / 1000;
  return celsius > -40 && celsius < 150 && !endsOfScales.has(celsius) ? celsius : null;
}

/** Parses a limit in millidegrees. Null when it is implausible: firmware says 20.8, or 65261.85 for none. */
export function parseLimit(text: string | null): number | null {
  const celsius = (parseSigned(text?.trim()) ?? 0) / 1000;
  return celsius >= 45 && celsius <= 150 ? celsius : null;
}

/** Hotter than this nothing runs that has no limit of its own: an open input of a board's chip. */
const mostWithoutLimit = 120;

/** A directory of /sys; null and nothing for what cannot be read there. */
export interface Device {
  readonly read: (file: string) => Promise<string | null>;
  readonly list: (directory?: string) => Promise<readonly string[]>;
}

/** A device by its directory below /sys, such as `class/hwmon/hwmon0`. */
export function openDevice(host: Host, name: string): Device {
  const orNull = (reading: Promise<string>) => reading.then((text) => text.trim()).catch(() => null);
  return {
    read: (file) => orNull(host.readSys(`${name}/${file}`)),
    list: (directory = "") => host.list(`/sys/${name}${directory}`).catch(() => []),
  };
}

/** The disk that a sensor sits in, as `nvme0` or `sda`: the number of a hwmon device changes from boot to boot. */
async function diskOf(device: Device): Promise<string | undefined> {
  const below = await device.list("/device");
  if (below.includes("block")) return (await device.list("/device/block"))[0];
  return below.flatMap((name) => /^(nvme\d+)(?:c\d+)?n\d+$/.exec(name)?.[1] ?? [])[0];
}

/** The temperatures of a hwmon device, in the order of their numbers. */
export async function* readHwmon(device: Device): AsyncGenerator<Sensor> {
  const files = await device.list();
  const inputs = files.flatMap((file) => parseCount(/^temp(\d+)_input$/.exec(file)?.[1]) ?? []);
  if (inputs.length === 0) return;
  const name = await device.read("name");
  // The kernel gives every device one; without it nobody knows what this is.
  if (name === null || name === "") return;
  const disk = await diskOf(device);
  const isDisk = disk !== undefined || name === "drivetemp" || name === "nvme";
  const chip = disk ?? name;
  // The first two are the true temperature, Tdie, and another for the fans, Tctl, which may be 27 degrees higher. Newer
  // processors have no second one.
  const hasTdie = name === "k10temp" && files.some((file) => file.startsWith("temp2_"));
  for (const input of inputs.toSorted((one, other) => one - other)) {
    const read = (kind: string) => device.read(`temp${input}_${kind}`);
    const celsius = parseMillidegrees(await read("input"));
    if (celsius === null || (await read("fault")) === "1") continue;
    const label = (await read("label")) ?? (inputs.length > 1 ? `temp${input}` : "");
    const maxCelsius = parseLimit(await read("max"));
    const criticalCelsius = parseLimit(await read("crit"));
    if (criticalCelsius === null && celsius > mostWithoutLimit) continue;
    // NVMe has limits for the first one alone, the composite temperature.
    const isSecondary = (name === "nvme" && input !== 1) || (hasTdie && input <= 2 && label !== "Tdie");
    yield {
      sensor: `${chip} ${label}`.trim(),
      celsius,
      maxCelsius,
      criticalCelsius,
      ...(isDisk ? { warnsAtMax: true } : {}),
      ...(isSecondary ? { isSecondary: true } : {}),
    };
  }
}

/** The temperature of a thermal zone. */
export async function* readThermalZone(device: Device): AsyncGenerator<Sensor> {
  const celsius = parseMillidegrees(await device.read("temp"));
  if (celsius === null) return;
  const trips = new Map<string | null, number | null>();
  for (const name of await device.list()) {
    const trip = /^(trip_point_\d+)_type$/.exec(name)?.[1];
    if (trip !== undefined) trips.set(await device.read(name), parseLimit(await device.read(`${trip}_temp`)));
  }
  const sensor = (await device.read("type")) ?? "unnamed";
  yield { sensor, celsius, maxCelsius: trips.get("hot") ?? null, criticalCelsius: trips.get("critical") ?? null };
}
