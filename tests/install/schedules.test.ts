import { expect, test } from "bun:test";

import { scheduleOfUnits, schedulesIn } from "../../lib/install/schedules.ts";
import { serviceUnit, timerUnit } from "../../lib/install/units.ts";

const crontab = (text: string, hasUsers = false) =>
  schedulesIn({ place: "here", text, home: "/home/you", user: hasUsers ? null : "you" });

test.each<[string, object]>([
  [
    "*/30 * * * * /usr/bin/timeout -s KILL 110 '/opt/server 100'\\%'' --splay=20 # server-metrics install",
    { times: "*/30 * * * *", program: "/opt/server 100%", flags: { splay: "20" }, problem: null },
  ],
  ['*/5 * * * * "$HOME"/server-metrics', { times: "*/5 * * * *", program: "/home/you/server-metrics", flags: {} }],
  ["@hourly ~/server-metrics --live >/dev/null 2>&1", { program: "/home/you/server-metrics", flags: { live: "" } }],
  [
    "*/5 * * * * /usr/bin/timeout -s KILL 110 /opt/server-metrics --splay=20 2>&1 | /usr/bin/logger -t server-metrics # server-metrics install",
    { times: "*/5 * * * *", program: "/opt/server-metrics", flags: { splay: "20" }, problem: null },
  ],
  ["* * * * * /opt/server-metrics --only-changes 2>/dev/null", { flags: { onlyChanges: "" }, problem: null }],
  ["@reboot /opt/server-metrics", { times: null, program: "/opt/server-metrics", problem: null }],
  ["0 8 * * 1-5 cd /opt && ./server-metrics report", { times: "0 8 * * 1-5", program: null, problem: null }],
  [
    "0 8 * * * nice -n 5 /opt/server-metrics --state-dir '/a b'",
    { program: "/opt/server-metrics", flags: { stateDir: "/a b" } },
  ],
  ["61 8 * * * /opt/server-metrics", { times: null, problem: expect.stringContaining("the minute must be") }],
  ["0 8 * * * /opt/server-metrics --sampel 1", { times: null, problem: expect.stringContaining("unknown option") }],
  ["every hour /opt/server-metrics", { problem: "its times cannot be read" }],
])("%s is read as %j", (line, schedule) => {
  expect(crontab(`# mine\nMAILTO=you\n${line}\n`)).toMatchObject([{ kind: "cron", place: "here", line, ...schedule }]);
});

test.each([
  "# */30 * * * * /opt/server-metrics",
  "SERVER_METRICS_NAME=server-metrics",
  "* * * * * /opt/server-metrics export --file /a.prom",
  "0 4 * * * /usr/bin/backup",
])("%s starts no report", (line) => {
  expect(crontab(line)).toEqual([]);
});

test("the crontab of the machine names a user in each line", () => {
  const line = "*/10 * * * * you /opt/server-metrics --live";
  expect(crontab(line, true)).toMatchObject([{ program: "/opt/server-metrics", flags: { live: "" } }]);
});

test("our own units are read back", () => {
  const words = ["/opt/a b/server-metrics", "--name=5%$", "--splay=0"];
  const files = { scope: "system", words, stateDirectory: null, timeoutSeconds: 110 } as const;
  expect(scheduleOfUnits("here", serviceUnit(files), timerUnit)).toMatchObject({
    kind: "timer",
    times: "*/5 * * * *",
    program: "/opt/a b/server-metrics",
    flags: { name: "5%$", splay: "0" },
    problem: null,
  });
});
