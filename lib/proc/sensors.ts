import type { Host } from "../model/host.ts";
import { parseCount, parseSigned } from "./number.ts";

/** One temperature, in degrees Celsius, and what the device itself calls too hot; null where it does not say. */
export interface Sensor {
  readonly sensor: string;
  readonly celsius: number;
  readonly maxCelsius: number | null;
  readonly criticalCelsius: number | null;
}

/**
 * Parses the millidegrees of one sensor. Null for what no machine has: a sensor that is dead or not connected shows 0,
 * -128 or 255 degrees.
 */
export function parseMillidegrees(text: string | null): number | null {
  const celsius = (parseSigned(text?.trim()) ?? 0) / 1000;
  return celsius > -40 && celsius < 150 && celsius !== 0 ? celsius : null;
}

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
  const inputs = (await device.list()).flatMap((name) => parseCount(/^temp(\d+)_input$/.exec(name)?.[1]) ?? []);
  if (inputs.length === 0) return;
  const chip = (await diskOf(device)) ?? (await device.read("name")) ?? "unnamed";
  for (const input of inputs.toSorted((one, other) => one - other)) {
    const read = (kind: string) => device.read(`temp${input}_${kind}`);
    const celsius = parseMillidegrees(await read("input"));
    if (celsius === null || (await read("fault")) === "1") continue;
    const label = (await read("label")) ?? (inputs.length > 1 ? `temp${input}` : "");
    const maxCelsius = parseMillidegrees(await read("max"));
    const criticalCelsius = parseMillidegrees(await read("crit"));
    yield { sensor: `${chip} ${label}`.trim(), celsius, maxCelsius, criticalCelsius };
  }
}

/** The temperature of a thermal zone. */
export async function* readThermalZone(device: Device): AsyncGenerator<Sensor> {
  const celsius = parseMillidegrees(await device.read("temp"));
  if (celsius === null) return;
  const trips = new Map<string | null, number | null>();
  for (const name of await device.list()) {
    const trip = /^(trip_point_\d+)_type$/.exec(name)?.[1];
    if (trip !== undefined) trips.set(await device.read(name), parseMillidegrees(await device.read(`${trip}_temp`)));
  }
  const sensor = (await device.read("type")) ?? "unnamed";
  yield { sensor, celsius, maxCelsius: trips.get("hot") ?? null, criticalCelsius: trips.get("critical") ?? null };
}
