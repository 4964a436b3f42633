import { expect, test } from "bun:test";

import { hiddenUsers, jobs } from "../../lib/metrics/jobs.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";

const hour = 3_600_000;
const nowMs = 100 * hour;
const own = "/var/lib/server-metrics/jobs";
const others = "/var/lib/postgresql/.local/state/server-metrics/jobs";

const file = (job: string, exit: number, ...lastLines: readonly string[]) =>
  JSON.stringify({ job, runs: [{ startedAt: nowMs - hour, endedAt: nowMs - hour / 2, exit }], lastLines });

const machine = {
  proc: { uptime: "360000.00 1.00\n" },
  dirs: { [own]: ["backup.json", ".backup.123", "notes.txt"], [others]: ["pg_dump.json"] },
  files: {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\npostgres:x:5:5:,,,:/var/lib/postgresql:/bin/bash\n",
    [`${own}/backup.json`]: file("backup", 0),
    [`${others}/pg_dump.json`]: file("pg_dump", 3, "pg_dump: error: no such database", "last words"),
  },
};

const collect = (users: readonly string[]) =>
  jobs.collect(testHost(machine), { ...defaultConfig, jobs: { users, directories: ["/nowhere", own] } });

test("jobs of this user and of the users in the settings are found, and nothing else in their directories", async () => {
  expect((await collect([])).jobs.map(({ job }) => job)).toEqual(["backup"]);
  expect((await collect(["postgres"])).jobs.map(({ job }) => job)).toEqual(["backup", "pg_dump"]);
});

test("without any job there is nothing to tell", () => {
  const read = jobs.collect(testHost({}), { ...defaultConfig, jobs: { users: [], directories: [own] } });
  expect(read).rejects.toThrow(new Unavailable("none has run"));
});

test("each is a row and a set of numbers; one that failed is notable, with its last line", async () => {
  const value = jobs.carry?.(await collect(["postgres"]), null, nowMs);
  if (value === undefined) throw new Error("jobs carry nothing");
  expect(describeOne(jobs, value).map(({ label, lines, importance }) => [label, lines, importance])).toEqual([
    ["backup", ["ok 30 min ago, took 30 min"], "core"],
    ["pg_dump", ["failed (exit 3) 30 min ago", "last words"], "notable"],
  ]);
  expect(observeOne(jobs, value)).toMatchObject({
    'job_failed{job="backup"}': 0,
    'job_failed{job="pg_dump"}': 1,
    'job_late{job="pg_dump"}': 0,
    'job_seconds{job="pg_dump"}': 1800,
  });
});

test("a user who is not there, or whose home is not ours to read, is named", async () => {
  expect(await hiddenUsers(testHost(machine), ["postgres", "nobody-here"])).toEqual(["nobody-here"]);
  const dirs = { "/var/lib/postgresql": [] };
  expect(
    await hiddenUsers(testHost({ files: { "/etc/passwd": machine.files["/etc/passwd"] }, dirs }), ["postgres"]),
  ).toEqual([]);
  const passwd = { "/etc/passwd": machine.files["/etc/passwd"] };
  expect(await hiddenUsers(testHost({ files: passwd }), ["postgres"])).toEqual(["postgres"]);
});
