import { expect, test } from "bun:test";

import { services } from "../../lib/metrics/services.ts";
import { units } from "../../lib/metrics/units.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost, type TestMachine } from "../support/testHost.ts";

// As systemd 252 prints it: in its own order, a named unit once more than the pattern found it already.
const nginx = `Result=success
Id=nginx.service
Names=nginx.service
RequiredBy=
WantedBy=multi-user.target
TriggeredBy=
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
`;

/** nginx with other states. */
const unit = (changes: Readonly<Record<string, string>>) =>
  nginx.replace(/^(\w+)=(.*)$/gm, (line, key: string) => (key in changes ? `${key}=${changes[key]}` : line));

const booted: TestMachine = { dirs: { "/run/systemd/system": [] } };
const configOf = (...names: readonly string[]) => ({
  ...defaultConfig,
  services: names.map((name) => ({ unit: name })),
});
const questionOf = (...names: readonly string[]) =>
  `systemctl show *.service *.mount *.swap *.socket *.timer *.path *.automount *.scope ${names.join(" ")} --property=` +
  "Id,LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts,ExecMainStartTimestampMonotonic,Names,TriggeredBy,WantedBy,RequiredBy";

async function collect(name: string, output: string) {
  return services.collect(testHost({ ...booted, run: { [questionOf(name)]: output } }), configOf(name));
}

/** The observations and the first line about nginx in a state. */
async function told(output: string) {
  const value = await collect("nginx.service", output);
  const [row] = describeOne(services, value);
  return { observed: observeOne(services, value), importance: row?.importance, line: row?.lines[0] };
}

const active = 'service_active{unit="nginx.service"}';
const enabled = 'service_enabled{unit="nginx.service"}';

test("a service that runs, and will after a reboot, is a detail", async () => {
  const observed = { [active]: 1, [enabled]: 1 };
  expect(await told([nginx, nginx].join("\n"))).toEqual({ observed, importance: "detail", line: "running" });
});

test.each([
  ["stopped", { ActiveState: "inactive", SubState: "dead" }, "stopped"],
  ["failed", { ActiveState: "failed", SubState: "failed", Result: "oom-kill" }, "failed (oom-kill)"],
  [
    "in a crash loop",
    { ActiveState: "activating", SubState: "auto-restart", Result: "exit-code" },
    "crash loop (exit-code)",
  ],
  ["masked", { ActiveState: "inactive", SubState: "dead", LoadState: "masked" }, "masked"],
  ["not installed", { ActiveState: "inactive", LoadState: "not-found", UnitFileState: "" }, "no such unit"],
])("a service that is %s is down, and says how; whether it is enabled is not asked", async (_, changes, line) => {
  expect(await told(unit(changes))).toEqual({ observed: { [active]: 0 }, importance: "notable", line });
});

test.each(["disabled", "transient", "linked", "enabled-runtime", "masked-runtime"])(
  "a service that runs and is %s will be gone after a reboot",
  async (state) => {
    const line = `running, but will not start at boot (${state})`;
    const observed = { [active]: 1, [enabled]: 0 };
    expect(await told(unit({ UnitFileState: state, WantedBy: "" }))).toEqual({ observed, importance: "notable", line });
  },
);

test.each(["static", "generated", "indirect", "alias", "enabled"])(
  "a service that is %s is not missed",
  async (state) => {
    expect((await told(unit({ UnitFileState: state, WantedBy: "" }))).observed).toEqual({ [active]: 1, [enabled]: 1 });
  },
);

test("a disabled service that its socket or another unit starts is not missed either", async () => {
  const bySocket = unit({ UnitFileState: "disabled", WantedBy: "", TriggeredBy: "nginx.socket" });
  expect((await told(bySocket)).observed).toEqual({ [active]: 1, [enabled]: 1 });
});

test("a service that is just starting or stopping is neither up nor down", async () => {
  const starting = unit({ ActiveState: "activating", SubState: "start" });
  expect(await told(starting)).toEqual({ observed: {}, importance: "detail", line: "activating" });
  expect((await told(unit({ ActiveState: "deactivating", SubState: "stop" }))).observed).toEqual({});
});

test("a unit is found by any of its names, and one that systemd does not mention is not there", async () => {
  const ssh = unit({ Id: "ssh.service", Names: "sshd.service ssh.service" });
  expect(observeOne(services, await collect("sshd.service", ssh))).toMatchObject({
    'service_active{unit="sshd.service"}': 1,
  });
  expect(describeOne(services, await collect("other.service", ssh))).toMatchObject([
    { label: "other", lines: ["no such unit"] },
  ]);
});

test("one process answers for the failed units and for the watched ones, which need not be services", async () => {
  const timer = unit({ Id: "backup.timer", Names: "backup.timer", ActiveState: "failed" });
  const host = testHost({ ...booted, run: { [questionOf("backup.timer")]: [nginx, timer].join("\n") } });
  let started = 0;
  const run = (program: string, args: readonly string[]) => {
    started += 1;
    return host.run(program, args);
  };
  const config = configOf("backup.timer");
  const counting = { ...host, run };
  const [failed, watched] = await Promise.all([units.collect(counting, config), services.collect(counting, config)]);
  expect(failed.failed.map(({ unit: name }) => name)).toEqual(["backup.timer"]);
  expect(watched).toMatchObject([{ unit: "backup.timer", activeState: "failed" }]);
  expect(started).toBe(1);
  await services.collect(counting, config);
  expect(started).toBe(2);
});

test("where nothing is watched nothing is asked", () => {
  expect(services.collect(testHost(booted), defaultConfig)).rejects.toThrow(new Unavailable("none configured"));
});

test("a watch that cannot be kept because there is no systemd is a failure, not an absence", async () => {
  const watch = services.collect(testHost({}), configOf("nginx.service"));
  expect(watch).rejects.toThrow("no systemd here");
  expect(watch).rejects.not.toBeInstanceOf(Unavailable);
});

test("a service that is watched by another of its names has that name among the failed ones as well", async () => {
  const output = unit({ Id: "mariadb.service", Names: "mariadb.service mysql.service", ActiveState: "failed" });
  const host = testHost({ ...booted, run: { [questionOf("mysql.service")]: output } });
  const [watched, all] = await Promise.all([
    services.collect(host, configOf("mysql.service")),
    units.collect(host, configOf("mysql.service")),
  ]);
  expect(watched.map(({ unit: name }) => name)).toEqual(["mysql.service"]);
  expect(all.failed.map(({ unit: name }) => name)).toEqual(["mysql.service"]);
});
