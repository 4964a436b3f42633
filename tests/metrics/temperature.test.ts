import { expect, test } from "bun:test";

import { temperature } from "../../lib/metrics/temperature.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { parseMillidegrees } from "../../lib/proc/sensors.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const intel = {
  "class/hwmon/hwmon0/name": "coretemp\n",
  "class/hwmon/hwmon0/temp1_input": "61000\n",
  "class/hwmon/hwmon0/temp1_label": "Package id 0\n",
  "class/hwmon/hwmon0/temp1_max": "84000\n",
  "class/hwmon/hwmon0/temp1_crit": "100000\n",
  "class/hwmon/hwmon0/temp10_input": "60000\n",
  "class/hwmon/hwmon0/temp10_label": "Core 8\n",
  "class/hwmon/hwmon0/temp2_input": "59000\n",
  "class/hwmon/hwmon0/temp2_label": "Core 0\n",
};

const sensor = (name: string, celsius: number, maxCelsius: number | null, criticalCelsius: number | null) => ({
  sensor: name,
  celsius,
  maxCelsius,
  criticalCelsius,
});

test("every sensor of a chip is read, in the order of its numbers", async () => {
  expect(await collectOne(temperature, { sys: intel })).toEqual([
    sensor("coretemp Package id 0", 61, 84, 100),
    sensor("coretemp Core 0", 59, null, null),
    sensor("coretemp Core 8", 60, null, null),
  ]);
});

test("a sensor in a disk is called by the disk, and an unlabelled one by its chip alone", async () => {
  const sys = {
    "class/hwmon/hwmon10/name": "k10temp",
    "class/hwmon/hwmon10/temp1_input": "45125",
    "class/hwmon/hwmon2/name": "nvme",
    "class/hwmon/hwmon2/device/nvme0c0n1/size": "0",
    "class/hwmon/hwmon2/temp1_input": "38850",
    "class/hwmon/hwmon2/temp1_label": "Composite",
    "class/hwmon/hwmon2/temp1_crit": "84850",
    "class/hwmon/hwmon3/name": "drivetemp",
    "class/hwmon/hwmon3/device/block/sda/size": "0",
    "class/hwmon/hwmon3/temp1_input": "31000",
  };
  expect(await collectOne(temperature, { sys })).toEqual([
    sensor("nvme0 Composite", 38.85, null, 84.85),
    sensor("sda", 31, null, null),
    sensor("k10temp", 45.125, null, null),
  ]);
});

test("two chips of one kind are told apart", async () => {
  const sys = {
    "class/hwmon/hwmon0/name": "jc42",
    "class/hwmon/hwmon0/temp1_input": "40000",
    "class/hwmon/hwmon1/name": "jc42",
    "class/hwmon/hwmon1/temp1_input": "41000",
  };
  const names = (await collectOne(temperature, { sys })).map((one) => one.sensor);
  expect(names).toEqual(["jc42", "jc42 (2)"]);
});

test.each([
  ["0", null],
  ["-40000", null],
  ["-128000", null],
  ["150000", null],
  ["65261850", null],
  ["", null],
  ["N/A", null],
  ["-12500", -12.5],
  ["149000\n", 149],
])("a sensor that reads %j has %p degrees", (text, celsius) => {
  expect(parseMillidegrees(text)).toBe(celsius);
});

test("a sensor that cannot be read, or says that it is faulty, is absent and the others are not", async () => {
  const sys = {
    ...intel,
    "class/hwmon/hwmon0/temp1_input": new Error("EIO"),
    "class/hwmon/hwmon0/temp2_fault": "1\n",
    "class/hwmon/hwmon0/temp10_fault": "0\n",
  };
  expect(await collectOne(temperature, { sys })).toEqual([sensor("coretemp Core 8", 60, null, null)]);
});

test("a chip that hangs keeps what it told before, and holds nobody up", async () => {
  const sys = {
    ...intel,
    "class/hwmon/hwmon0/temp2_input": new Promise<string>(() => undefined),
    "class/hwmon/hwmon1/name": "nct6775",
    "class/hwmon/hwmon1/temp1_input": "35000",
  };
  const names = (await collectOne(temperature, { sys })).map((one) => one.sensor);
  expect(names).toEqual(["coretemp Package id 0", "nct6775"]);
});

const zone = {
  "class/thermal/cooling_device0/type": "Processor",
  "class/thermal/thermal_zone0/type": "cpu-thermal\n",
  "class/thermal/thermal_zone0/temp": "52582\n",
  "class/thermal/thermal_zone0/trip_point_0_type": "passive\n",
  "class/thermal/thermal_zone0/trip_point_0_temp": "75000\n",
  "class/thermal/thermal_zone0/trip_point_1_type": "critical\n",
  "class/thermal/thermal_zone0/trip_point_1_temp": "110000\n",
};

test("thermal zones stand in where hwmon gives nothing", async () => {
  const deadChip = { "class/hwmon/hwmon0/name": "acpitz", "class/hwmon/hwmon0/temp1_input": "0" };
  expect(await collectOne(temperature, { sys: { ...deadChip, ...zone } })).toEqual([
    sensor("cpu-thermal", 52.582, null, 110),
  ]);
  expect(await collectOne(temperature, { sys: { ...intel, ...zone } })).toHaveLength(3);
});

test("a machine without sensors is unavailable", () => {
  const nothing = collectOne(temperature, {});
  expect(nothing).rejects.toBeInstanceOf(Unavailable);
  expect(nothing).rejects.toThrow("no temperature sensor");
});

test("every sensor is observed, with its own limits where it has them", () => {
  expect(observeOne(temperature, [sensor("cpu", 61, 84, 100), sensor("disk", 30, null, null)])).toEqual({
    'temperature_celsius{sensor="cpu"}': 61,
    'temperature_pressing_celsius{sensor="cpu"}': 51,
    'temperature_max_celsius{sensor="cpu"}': 84,
    'temperature_critical_celsius{sensor="cpu"}': 100,
    'temperature_celsius{sensor="disk"}': 30,
    'temperature_pressing_celsius{sensor="disk"}': 30,
  });
});

test.each([
  [79.9, 100, "detail"],
  [80, null, "notable"],
  [90, 100, "notable"],
  [60, 70, "notable"],
  [59.9, 70, "detail"],
])("at %p °C, critical at %p, the row is %s", (celsius, critical, importance) => {
  expect(describeOne(temperature, [sensor("cpu", celsius, null, critical)])[0]?.importance).toBe(
    importance as "detail",
  );
});

test("the row names what is hot first, then the warmest, and counts the rest", () => {
  const cool = ["a", "b", "c"].map((name, index) => sensor(name, 70 + index, null, null));
  const [row] = describeOne(temperature, [...cool, sensor("nvme0", 65, null, 70)]);
  expect(row?.lines).toEqual(["65 °C nvme0, critical at 70 °C", "72 °C c", "71 °C b", "+1 more"]);
});
