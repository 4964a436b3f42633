import { expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";

import { runProgram } from "../../lib/host/program.ts";
import { units } from "../../lib/metrics/units.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { testHost } from "../support/testHost.ts";

// As systemd 252 prints it: in its own order, not in that of the question.
const output = `Result=success
Id=cron.service
ActiveState=active
SubState=running
UnitFileState=enabled

Result=exit-code
Id=nginx.service
ActiveState=failed
SubState=failed
UnitFileState=enabled

Result=success
Id=tmux.service
ActiveState=active
SubState=running
UnitFileState=disabled

Result=success
Id=apt-daily.service
ActiveState=inactive
SubState=dead
UnitFileState=disabled

Result=success
Id=systemd-journald.service
ActiveState=active
SubState=running
UnitFileState=static

Result=oom-kill
Id=run-u12.service
ActiveState=failed
SubState=failed
UnitFileState=
`;

const booted = { "/run/systemd/system": [] };
const question =
  "systemctl show *.service *.mount *.swap *.socket *.timer *.path *.automount *.scope --property=Id,LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts,ExecMainStartTimestampMonotonic";

test("failed services are told with how they failed, and running ones that are not enabled", async () => {
  const value = await collectOne(units, { dirs: booted, run: { [question]: output } });
  expect(value).toEqual({
    failed: [
      { unit: "nginx.service", result: "exit-code" },
      { unit: "run-u12.service", result: "oom-kill" },
    ],
    activeNotEnabled: ["tmux.service"],
    restarts: {},
    starts: {},
    running: {},
  });
  expect(observeOne(units, value)).toEqual({
    units_failed: 2,
    units_active_not_enabled: 1,
    'unit_failed{unit="nginx.service"}': 1,
    'unit_failed{unit="run-u12.service"}': 1,
  });
});

// NixOS/nixops#85
test("a disk that could not be mounted is told, and so is a timer", async () => {
  const mount = "Id=data.mount\nActiveState=failed\nSubState=failed\nUnitFileState=generated\nResult=exit-code\n";
  const timer = "Id=backup.timer\nActiveState=failed\nSubState=failed\nUnitFileState=enabled\nResult=resources\n";
  const socket = "Id=x.socket\nActiveState=active\nSubState=listening\nUnitFileState=disabled\nResult=success\n";
  const value = await collectOne(units, { dirs: booted, run: { [question]: [mount, timer, socket].join("\n") } });
  expect(value.activeNotEnabled).toEqual([]);
  expect(observeOne(units, value)).toMatchObject({
    'unit_failed{unit="data.mount"}': 2,
    'unit_failed{unit="backup.timer"}': 1,
  });
  expect(describeOne(units, value)[0]?.lines).toEqual(["failed: data.mount (exit-code), backup.timer (resources)"]);
});

// systemd/systemd#11644, systemd/mkosi#4363
test("a unit that its owner masked, and that fails when something starts it all the same, is not told", async () => {
  const masked = "Id=lvm2-monitor.service\nLoadState=masked\nActiveState=failed\nSubState=failed\nResult=resources\n";
  const gone = masked.replace("lvm2-monitor", "removed").replace("masked", "not-found");
  const value = await collectOne(units, { dirs: booted, run: { [question]: [masked, gone].join("\n") } });
  expect(value.failed.map(({ unit }) => unit)).toEqual(["removed.service"]);
});

test("the program's own service, which fails when Discord cannot be reached, is no news", async () => {
  const failed = (name: string) =>
    `Id=${name}.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\n`;
  const run = { [question]: [failed("server-metrics"), failed("nginx")].join("\n") };
  const value = await collectOne(units, { dirs: booted, run });
  expect(value.failed.map(({ unit }) => unit)).toEqual(["nginx.service"]);
});

// The name is what systemctl takes, although a person would write /mnt/my disk.
test("an escaped name stays as systemd writes it", async () => {
  const mount = "Id=mnt-my\\x20disk.mount\nLoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\n";
  const value = await collectOne(units, { dirs: booted, run: { [question]: mount } });
  expect(value.failed).toEqual([{ unit: "mnt-my\\x20disk.mount", result: "exit-code" }]);
});

test("no services at all is nothing wrong", async () => {
  const value = await collectOne(units, { dirs: booted, run: { [question]: "" } });
  expect(value).toEqual({ failed: [], activeNotEnabled: [], restarts: {}, starts: {}, running: {} });
});

test("failures are notable: three names, and how many more", () => {
  const failed = ["a", "b", "c", "d", "e"].map((name) => ({ unit: `${name}.service`, result: "exit-code" }));
  expect(describeOne(units, { failed, activeNotEnabled: [], restarts: {}, starts: {}, running: {} })).toMatchObject([
    { importance: "notable", lines: ["failed: a (exit-code), b (exit-code), c (exit-code) and 2 more"] },
  ]);
  expect(
    describeOne(units, { failed: [], activeNotEnabled: ["tmux.service"], restarts: {}, starts: {}, running: {} }),
  ).toMatchObject([
    { importance: "detail", lines: ["none failed"] },
    { importance: "detail", lines: ["tmux.service"] },
  ]);
});

test("where no systemd runs nothing is started", () => {
  const started: string[] = [];
  const run = async (program: string) => {
    started.push(program);
    return "";
  };
  expect(units.collect({ ...testHost({}), run }, defaultConfig)).rejects.toThrow(
    new Unavailable("systemd is not running"),
  );
  expect(started).toEqual([]);
});

/** Collects from a systemctl that is this shell script. */
async function collectFrom(script: string) {
  using directory = temporaryDirectory();
  const file = join(directory.path, "systemctl");
  await Bun.write(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  const searchPath = `${directory.path}:/usr/bin:/bin`;
  const run = (program: string, args: readonly string[]) => runProgram(program, args, { searchPath, deadlineMs: 100 });
  return await units.collect({ ...testHost({ dirs: booted }), run }, defaultConfig);
}

test("systemctl is really run, and its globs reach it as they are", async () => {
  const script = `printf 'Id=%s\\nActiveState=failed\\nResult=%s\\n' "$2" "$3"`;
  expect((await collectFrom(script)).failed).toEqual([{ unit: "*.service", result: "*.mount" }]);
});

test("a systemctl that fails or hangs is a failure", () => {
  expect(collectFrom("echo Failed to connect to bus >&2; exit 1")).rejects.toThrow("systemctl ended with status 1");
  expect(collectFrom("sleep 60")).rejects.toThrow("systemctl did not end within 0.1 s");
});
