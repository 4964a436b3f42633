import * as v from "valibot";

import { withDeadline } from "../clock.ts";
import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import { parseCount } from "../proc/number.ts";
import { openDevice, readHwmon, readThermalZone, type Sensor } from "../proc/sensors.ts";

const schema = v.array(
  v.object({
    sensor: v.string(),
    celsius: v.number(),
    maxCelsius: v.nullable(v.number()),
    criticalCelsius: v.nullable(v.number()),
    /** Set for a disk. */
    warnsAtMax: v.exactOptional(v.literal(true)),
    /** Set where it is shown and not judged. */
    isSecondary: v.exactOptional(v.literal(true)),
  }),
);

/**
 * Temperatures, in degrees Celsius. Sources: /sys/class/hwmon (Documentation/hwmon/sysfs-interface.rst of the kernel),
 * and /sys/class/thermal (Documentation/driver-api/thermal/sysfs-api.rst) where no hwmon device tells a temperature.
 */
export type Temperature = v.InferOutput<typeof schema>;

/** The deadline of one device. A device that hangs gets no more reads, because each holds a thread. */
const deviceDeadlineMs = 1000;

/** The readings of a device before its deadline. */
async function readInTime(sensors: AsyncGenerator<Sensor>): Promise<Temperature> {
  const told: Sensor[] = [];
  const all = async () => {
    for await (const sensor of sensors) told.push(sensor);
  };
  await withDeadline(all(), deviceDeadlineMs, "no answer").catch(() => undefined);
  return told.slice();
}

async function collectTemperature(host: Host): Promise<Temperature> {
  const readAll = async (directory: string, prefix: string, read: typeof readHwmon) => {
    const names = (await host.list(`/sys/${directory}`).catch(() => [])).filter((name) => name.startsWith(prefix));
    const numberOf = (name: string) => parseCount(name.slice(prefix.length)) ?? Infinity;
    const inOrder = names.toSorted((one, other) => numberOf(one) - numberOf(other));
    const all = inOrder.map((name) => readInTime(read(openDevice(host, `${directory}/${name}`))));
    return (await Promise.all(all)).flat();
  };
  const hwmon = await readAll("class/hwmon", "hwmon", readHwmon);
  const sensors = hwmon.length > 0 ? hwmon : await readAll("class/thermal", "thermal_zone", readThermalZone);
  if (sensors.length === 0) throw new Unavailable("no temperature sensor");
  return numberTwins(sensors);
}

/** Two memory modules have the same names; the second one becomes `jc42 (2)`. */
function numberTwins(sensors: Temperature): Temperature {
  const seen = new Map<string, number>();
  return sensors.map((sensor) => {
    const count = (seen.get(sensor.sensor) ?? 0) + 1;
    seen.set(sensor.sensor, count);
    return count === 1 ? sensor : { ...sensor, sensor: `${sensor.sensor} (${count})` };
  });
}

/** The critical limit of a sensor without its own, and the distance of its warning. */
const usual = { critical: 90, apart: 10 };

/** The same for a disk that has a critical temperature alone. */
const apartForDisk = 5;

function ownThresholds({ maxCelsius, criticalCelsius, warnsAtMax }: Sensor) {
  const max = warnsAtMax === true && maxCelsius !== criticalCelsius ? maxCelsius : null;
  const critical = criticalCelsius ?? (max === null ? usual.critical : max + usual.apart);
  const apart = warnsAtMax === true && criticalCelsius !== null ? apartForDisk : usual.apart;
  return { warning: max !== null && max < critical ? max : critical - apart, critical };
}

/**
 * The temperature, moved so that a warning begins at 80 and critical at 90, whatever the device's own limits are. Null for
 * a sensor that is not judged.
 */
function pressingCelsius(sensor: Sensor): number | null {
  if (sensor.isSecondary === true) return null;
  const { warning, critical } = ownThresholds(sensor);
  const slope = usual.apart / (critical - warning);
  const beyond = sensor.celsius - warning;
  // Below, no slower than the temperature itself, so that what was too hot is well again when it has cooled down.
  return usual.critical - usual.apart + beyond * (beyond > 0 ? slope : Math.max(1, slope));
}

const isAtLeast = (sensor: Sensor, pressing: number) => (pressingCelsius(sensor) ?? -Infinity) >= pressing;
const isHot = (sensor: Sensor) => isAtLeast(sensor, usual.critical - usual.apart);

/** The lower of two readings of each sensor. One that is not there any more was never to be believed. */
function settle(first: Temperature, second: Temperature): Temperature {
  const before = new Map(first.map(({ sensor, celsius }) => [sensor, celsius]));
  return second.map((one) => ({ ...one, celsius: Math.min(one.celsius, before.get(one.sensor) ?? one.celsius) }));
}

/** Every sensor with a reading; the hottest one represents the machine. */
export const temperature = defineMetric({
  order: 120,
  title: (words) => words.temperature.label,
  schema,
  definitions: {
    temperature_celsius: gauge("celsius", "What the sensor reads."),
    temperature_pressing_celsius: gauge(
      "celsius",
      "The temperature, moved so that what the device calls critical stands at 90, and a disk's own maximum at 80.",
    ),
    temperature_max_celsius: gauge("celsius", "What the device calls too hot."),
    temperature_critical_celsius: gauge("celsius", "What the device calls critical."),
  },
  collect: collectTemperature,
  confirm: { isDoubtful: (now) => now.some((sensor) => isAtLeast(sensor, usual.critical)), settle },
  observe: (now) =>
    now.flatMap((one) => {
      const values = {
        celsius: one.celsius,
        pressing_celsius: pressingCelsius(one),
        max_celsius: one.maxCelsius,
        critical_celsius: one.criticalCelsius,
      };
      return observations("temperature", values, { sensor: one.sensor });
    }),
  describe: (now, _earlier, { words: { row, temperature: words, degrees, thresholdsOf } }) => {
    const hottestFirst = now.toSorted((one, other) => other.celsius - one.celsius);
    const ranked = [...hottestFirst.filter(isHot), ...hottestFirst.filter((sensor) => !isHot(sensor))];
    const lines = ranked.slice(0, 3).map(({ sensor, celsius, criticalCelsius: critical }) => {
      const thresholds = thresholdsOf("temperature_celsius", { sensor });
      return words.line(sensor, degrees(celsius, thresholds), critical === null ? null : degrees(critical));
    });
    const more = now.length > lines.length ? [row.more(now.length - lines.length)] : [];
    const about = now.map(({ sensor }) => observationKey({ name: "temperature_pressing_celsius", labels: { sensor } }));
    const importance = now.some(isHot) ? "notable" : "detail";
    const [first] = ranked;
    const short = first && {
      number: degrees(first.celsius, thresholdsOf("temperature_celsius", { sensor: first.sensor })),
      remark: words.sensor(first.sensor, first.criticalCelsius === null ? null : degrees(first.criticalCelsius)),
    };
    return [{ label: words.label, ...short, lines: [...lines, ...more], importance, about }];
  },
});
