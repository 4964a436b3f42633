import { describe, expect, test } from "bun:test";

import { collect } from "../../lib/measure/collect.ts";
import { temperature } from "../../lib/metrics/temperature.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { parseLimit, parseMillidegrees } from "../../lib/proc/sensors.ts";
import { collectOne, defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";
import { virtualClock } from "../support/virtualClock.ts";

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
    { ...sensor("nvme0 Composite", 38.85, null, 84.85), warnsAtMax: true },
    { ...sensor("sda", 31, null, null), warnsAtMax: true },
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
  ["127000", null],
  ["127500", null],
  ["127875", null],
  ["128000", null],
  ["255000", null],
  ["3892313987", null],
  ["-62000", null],
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
  expect(row?.lines).toEqual(["nvme0 65 °C (critical 70 °C)", "c 72 °C", "b 71 °C", "1 more"]);
});

describe("what chips report that is not so", () => {
  const chip = (name: string, files: Readonly<Record<string, string>>) => ({
    "class/hwmon/hwmon0/name": name,
    ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`class/hwmon/hwmon0/${file}`, `${text}\n`])),
  });
  const observed = async (name: string, files: Readonly<Record<string, string>>) =>
    observeOne(temperature, await collectOne(temperature, { sys: chip(name, files) }));
  const pressing = (name: string) => `temperature_pressing_celsius{sensor="${name}"}`;

  // lm-sensors/lm-sensors#533, frankcrawford/it87#59, groeck/nct6775#51, LibreHardwareMonitor#1414; #323 has 121 degrees.
  test("an input with nothing on it is no sensor", async () => {
    const seen = await observed("nct6798", {
      temp1_input: "121000",
      temp5_input: "127000",
      temp5_label: "AUXTIN2",
      temp7_input: "45000",
      temp7_label: "TSI0_TEMP",
    });
    expect(Object.keys(seen)).toEqual([
      'temperature_celsius{sensor="nct6798 TSI0_TEMP"}',
      pressing("nct6798 TSI0_TEMP"),
    ]);
  });

  test("a device that may be as hot as that has a limit of its own", async () => {
    const seen = await observed("amdgpu", { temp1_input: "121000", temp1_crit: "125000" });
    expect(seen[pressing("amdgpu")]).toBe(86);
  });

  // intel/thermal_daemon#6, intel/thermal_daemon#171, and three public outputs of sensors(1).
  test("a critical temperature below 45 degrees is no limit", async () => {
    const seen = await observed("acpitz", {
      temp1_input: "16800",
      temp1_crit: "20800",
      temp2_input: "27800",
      temp2_crit: "119000",
    });
    expect(seen).not.toHaveProperty(['temperature_critical_celsius{sensor="acpitz temp1"}']);
    expect(seen[pressing("acpitz temp1")]).toBeCloseTo(16.8, 5);
    expect(seen['temperature_critical_celsius{sensor="acpitz temp2"}']).toBe(119);
  });

  // lm-sensors/lm-sensors#574, henrygd/beszel#1037.
  test("of an NVMe disk the composite temperature is judged, and the others are shown", async () => {
    const seen = await observed("nvme", {
      temp1_input: "33850",
      temp1_label: "Composite",
      temp1_crit: "79850",
      temp3_input: "81850",
      temp3_label: "Sensor 2",
      temp3_max: "65261850",
      temp3_min: "-273150",
    });
    expect(seen['temperature_celsius{sensor="nvme Sensor 2"}']).toBe(81.85);
    expect(Object.keys(seen).filter((key) => key.startsWith("temperature_pressing"))).toEqual([
      pressing("nvme Composite"),
    ]);
    expect(Object.keys(seen).filter((key) => key.startsWith("temperature_max"))).toEqual([]);
  });

  test("a device without a name, or of two temperatures of which none is called true, is not judged", async () => {
    expect(collectOne(temperature, { sys: chip("", { temp1_input: "95000" }) })).rejects.toThrow(
      "no temperature sensor",
    );
    const files = { temp1_input: "95000", temp1_label: "Tctl", temp2_input: "68000", temp2_label: "" };
    const seen = await observed("k10temp", files);
    expect(Object.keys(seen).filter((key) => key.startsWith("temperature_pressing"))).toEqual([]);
  });

  test("a disk that has a critical temperature alone warns 5 degrees below it", async () => {
    const files = { temp1_input: "55000", temp1_crit: "60000" };
    expect((await observed("drivetemp", files))[pressing("drivetemp")]).toBe(80);
    expect((await observed("drivetemp", { temp1_input: "80000" }))[pressing("drivetemp")]).toBe(80);
  });

  test.each(["Tctl Tdie", "Tdie Tctl"])("of %s only the true one is judged", async (labels) => {
    const [first = "", second = ""] = labels.split(" ");
    const both = { temp1_input: "95000", temp1_label: first, temp2_input: "68000", temp2_label: second };
    const seen = await observed("k10temp", both);
    expect(Object.keys(seen).filter((key) => key.startsWith("temperature_pressing"))).toEqual([
      pressing("k10temp Tdie"),
    ]);
    const alone = await observed("k10temp", { temp1_input: "68000", temp1_label: "Tctl" });
    expect(alone[pressing("k10temp Tctl")]).toBe(68);
  });

  test.each([
    [50, 70],
    [54.9, 79.8],
    [55, 80],
    [57.5, 85],
    [60, 90],
    [65, 100],
  ])("a disk with a maximum of 55 and a critical 60 that has %d degrees stands at %d", async (celsius, value) => {
    const files = { temp1_input: String(celsius * 1000), temp1_max: "55000", temp1_crit: "60000" };
    expect((await observed("drivetemp", files))[pressing("drivetemp")]).toBeCloseTo(value, 5);
  });

  test("a disk's maximum counts where it is below its critical temperature; a CPU's never does", async () => {
    const files = { temp1_input: "82000", temp1_max: "82000", temp1_crit: "82000" };
    expect((await observed("nvme", files))[pressing("nvme")]).toBe(90);
    expect((await observed("nvme", { temp1_input: "70000", temp1_max: "70000" }))[pressing("nvme")]).toBe(80);
    const cpu = { temp1_input: "82000", temp1_max: "80000", temp1_crit: "100000" };
    expect((await observed("coretemp", cpu))[pressing("coretemp")]).toBe(72);
  });
});

/** Reads a machine whose CPU has these temperatures, one after the other. */
async function collectAll(...readings: readonly (string | Error)[]) {
  const clock = virtualClock();
  let index = 0;
  const host = testHost({ sys: { "class/hwmon/hwmon0/name": "coretemp", "class/hwmon/hwmon0/temp1_input": "1" } });
  const readSys = async (name: string) => {
    if (!name.endsWith("temp1_input")) return host.readSys(name);
    const answer = readings[index] ?? "";
    index += 1;
    if (typeof answer === "string") return answer;
    throw answer;
  };
  const options = { config: { ...defaultConfig, sampleSeconds: 0 }, everything: false };
  const { temperature: reading } = (await collect({ ...host, readSys }, clock, options)).readings;
  return { celsius: reading.status === "ok" ? reading.value[0]?.celsius : reading.status, slept: clock.slept };
}

test.each(["-273150", "0", "20800", "44999", "150001", "65261850", "-1000", ""])("%j is no limit", (text) => {
  expect(parseLimit(text)).toBeNull();
});

describe("a critical temperature is read again in the same run", () => {
  test("and only the lower of the two is believed", async () => {
    expect(await collectAll("98000", "61000")).toEqual({ celsius: 61, slept: [3000] });
    expect(await collectAll("98000", "99000")).toEqual({ celsius: 98, slept: [3000] });
  });

  test("and not at all when it is gone", async () => {
    expect((await collectAll("98000", new Error("EIO"))).celsius).toBe("unavailable");
  });

  test("but no other is", async () => {
    expect(await collectAll("89000")).toEqual({ celsius: 89, slept: [] });
  });
});
