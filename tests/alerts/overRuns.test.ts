import { expect, test } from "bun:test";

import { look, times } from "../support/looks.ts";
import type { TestMachine } from "../support/testHost.ts";

const docker = "/var/run/docker.sock /containers/json?all=1";

/** A machine with these containers: their states in Docker's words. */
const withContainers = (all: Readonly<Record<string, string>>): TestMachine => ({
  getUnix: {
    [docker]: JSON.stringify(
      Object.entries(all).map(([name, status]) => ({
        Id: name.repeat(12),
        Names: [`/${name}`],
        State: status.startsWith("Up") ? "running" : status.startsWith("Restarting") ? "restarting" : "exited",
        Status: status,
      })),
    ),
  },
});

const both = withContainers({ web: "Up 2 hours", db: "Up 2 hours" });

// wishes D1: two containers of a compose project are down, and the card said "all well" for ever.
test("a container that ran for an hour and stops is told by name after two looks, whatever its exit code, and once", async () => {
  const down = withContainers({ web: "Restarting (1) 5 seconds ago", db: "Exited (137) 20 minutes ago" });
  const { news, headlines } = await look([...times(4, both), ...times(4, down), ...times(4, both)]);
  expect(news).toEqual([
    "150: container web keeps restarting",
    "150: container db stopped",
    "270: container web is stable again",
    "270: container db is up again",
  ]);
  expect(headlines[3]).toBe("all well");
  expect(headlines[5]).toBe("container web keeps restarting, container db stopped");
});

test("one that is gone is told as one that stopped, also with exit code 0", async () => {
  expect((await look([...times(4, both), ...times(4, withContainers({ web: "Up 3 hours" }))])).news).toEqual([
    "150: container db stopped",
  ]);
  const ended = withContainers({ web: "Up 3 hours", db: "Exited (0) 5 minutes ago" });
  expect((await look([...times(4, both), ...times(4, ended)])).news).toEqual(["150: container db stopped"]);
});

test("a job that was never seen for an hour is no news, and neither is a project that is made anew between two looks", async () => {
  const job = (status: string) => withContainers({ web: "Up 2 hours", backup: status });
  const nightly = [job("Up 5 minutes"), ...times(6, job("Exited (0) 20 minutes ago"))];
  expect((await look([...nightly, ...nightly])).news).toEqual([]);
  const anew = withContainers({ web: "Up 3 minutes", db: "Up 3 minutes" });
  expect((await look([...times(4, both), ...times(4, anew)])).news).toEqual([]);
});

test("that the engine does not answer in between changes nothing of what is known", async () => {
  const refused: TestMachine = { getUnix: { [docker]: new Error("it does not accept connections") } };
  const down = withContainers({ web: "Up 2 hours", db: "Exited (1) 2 minutes ago" });
  expect((await look([...times(4, both), refused, ...times(3, down)])).news).toEqual(["180: container db stopped"]);
});

// alerts D14
test("a second container that is unhealthy is news", async () => {
  const web = withContainers({ web: "Up 2 hours (unhealthy)", db: "Up 2 hours (healthy)" });
  const two = withContainers({ web: "Up 2 hours (unhealthy)", db: "Up 2 hours (unhealthy)" });
  const db = withContainers({ web: "Up 2 hours (healthy)", db: "Up 2 hours (unhealthy)" });
  expect((await look([...times(3, web), ...times(3, two), ...times(3, db)])).news).toEqual([
    "30: container web unhealthy",
    "120: container db unhealthy",
    "210: container web healthy again",
  ]);
});

// alerts D12
test("a container that has only just been started at each look is started again and again", async () => {
  const fresh = withContainers({ web: "Up 4 seconds" });
  expect(
    (await look([...times(2, both), ...times(4, withContainers({ web: "Up 4 seconds", db: "Up 2 hours" }))])).news,
  ).toEqual(["120: container web keeps restarting"]);
  expect((await look([fresh, ...times(3, withContainers({ web: "Up 30 minutes" }))])).news).toEqual([]);
});

const question =
  "systemctl show *.service *.mount *.swap *.socket *.timer *.path *.automount *.scope --property=Id,LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts,ExecMainStartTimestampMonotonic";
const withUnit = (id: string, state: string, restarts = 0): TestMachine => ({
  dirs: { "/run/systemd/system": [] },
  run: {
    [question]: `Id=${id}\nLoadState=loaded\nActiveState=${state}\nSubState=${state}\nUnitFileState=enabled\nResult=exit-code\nNRestarts=${restarts}\n`,
  },
});

test("a service that is up at each look, and was started again in between, is told with how often", async () => {
  const loop = [0, 0, 58, 117, 175, 233, 233, 233, 233].map((restarts) => withUnit("app.service", "active", restarts));
  const { news, headlines } = await look(loop);
  expect(news).toEqual(["120: app.service keeps restarting (58 times)", "210: app.service is stable again"]);
  expect(headlines[2]).toBe("no alerts · Restarted by systemd: app 58 times");
  const once = [0, 1, 1, 2, 2].map((restarts) => withUnit("app.service", "active", restarts));
  expect((await look(once)).news).toEqual([]);
});

test("at 5 minutes between looks, one that is started again every 4 or 7 minutes is told, and one every hour is not", async () => {
  const every = (minutes: number) =>
    Array.from({ length: 24 }, (_, index) => withUnit("app.service", "active", Math.floor((index * 5) / minutes)));
  for (const minutes of [4, 7]) {
    const { news } = await look(every(minutes), { everyMinutes: 5 });
    expect(news).toEqual([expect.stringContaining("app.service keeps restarting (once)")]);
  }
  expect((await look(every(60), { everyMinutes: 5 })).news).toEqual([]);
});

test("where systemd does not count, the start of what runs tells it; a job of a timer that has ended does not", async () => {
  const unit = (start: number, subState: string): TestMachine => ({
    dirs: { "/run/systemd/system": [] },
    run: {
      [question]: `Id=app.service\nActiveState=active\nSubState=${subState}\nUnitFileState=enabled\nResult=success\nExecMainStartTimestampMonotonic=${start}\n`,
    },
  });
  const starts = [10, 10, 20, 30, 40, 50, 50, 50, 50];
  expect((await look(starts.map((start) => unit(start, "running")))).news).toEqual([
    "120: app.service keeps restarting (once)",
    "210: app.service is stable again",
  ]);
  expect((await look(starts.map((start) => unit(start, "exited")))).news).toEqual([]);
});

// alerts D13, delivery D4b
test.each([
  ["ssh.service", "critical"],
  ["data.mount", "critical"],
  ["nginx.service", "warning"],
  ["fwupd-refresh.service", null],
  ["server-metrics.service", null],
])("%s failed is %p", async (unit, severity) => {
  const { news, headlines } = await look(times(3, withUnit(unit, "failed")));
  expect(news).toEqual(severity === null ? [] : [`0: ${unit} failed`]);
  if (severity === null) expect(headlines[2]).toBe("all well");
});

test("a reboot that is due is said in the headline at once, and is a warning after a week", async () => {
  const due: TestMachine = { files: { "/run/reboot-required": "" } };
  const { news, headlines } = await look(times(15, due), { everyMinutes: 720 });
  expect(new Set(headlines.slice(0, 14))).toEqual(new Set(["no alerts · reboot needed"]));
  expect(news).toEqual(["10080: reboot needed for 7 days"]);
});

test("what could be read and cannot any more is said at once, is a warning after two looks, and over when it is read", async () => {
  const well = withUnit("app.service", "active");
  const hung: TestMachine = { ...well, run: { [question]: new Error("systemctl did not end within 2 s") } };
  const { news, headlines } = await look([well, ...times(3, hung), ...times(3, well)]);
  expect(headlines.slice(1, 3)).toEqual(["no alerts · services could not be read", "services could not be read"]);
  expect(news).toEqual(["60: services could not be read", "150: services can be read again"]);
  const never = await look(times(6, hung));
  expect(never.news).toEqual([]);
  expect(new Set(never.headlines)).toEqual(new Set(["no alerts · services could not be read"]));
});

test("a daemon that restarts is no news to one who looks every minute: two looks are ten minutes apart", async () => {
  const refused: TestMachine = { getUnix: { [docker]: new Error("it does not accept connections") } };
  const brief = await look([...times(3, both), ...times(5, refused), ...times(3, both)], { everyMinutes: 1 });
  expect(brief.news).toEqual([]);
  const [first = ""] = (await look([...times(3, both), ...times(30, refused)], { everyMinutes: 5 })).news;
  expect(first).toBe("25: containers could not be read");
});

test("what could not be read and is not there any more is over", async () => {
  const refused: TestMachine = { getUnix: { [docker]: new Error("it does not accept connections") } };
  expect((await look([both, ...times(3, refused), ...times(3, {})])).news).toEqual([
    "60: containers could not be read",
    "150: containers can be read again",
  ]);
});
