import { expect, test } from "bun:test";

import { asJob, commandsOf, outputOf, unitCommand } from "../../lib/suggest/cron.ts";

const program = "/usr/local/bin/server-metrics";
const only = (text: string, user: string | null = "root") => commandsOf({ place: "your crontab", text, user })[0]!;
const jobOf = (command: string) => asJob(only(`30 3 * * * ${command}`), /\bpg_dump\b/, program, "dump");

test("a crontab has commands, with a user in each line or none", () => {
  const text =
    "# m h\nMAILTO=you\n30 3 * * *  pg_dump a\n@weekly borg create\n\n*/5 * * * 1-5 true\n0 4 1 * * restic\n";
  expect(commandsOf({ place: "x", text, user: "root" })).toMatchObject([
    { text: "pg_dump a", period: "day", before: "30 3 * * *  " },
    { text: "borg create", period: "week" },
    { text: "true", period: "day" },
    { text: "restic", period: "month" },
  ]);
  expect(commandsOf({ place: "x", text: "0 3 * * sun postgres pg_dump a", user: null })).toMatchObject([
    { user: "postgres", text: "pg_dump a", period: "week", before: "0 3 * * sun postgres " },
  ]);
});

test.each([
  ["pg_dump a", "{} pg_dump a"],
  ["/usr/bin/pg_dump a | gzip >/b/a.gz", "{} /usr/bin/pg_dump a | gzip >/b/a.gz"],
  ["cd /b && PGUSER=a pg_dump a > x", "cd /b && PGUSER=a {} pg_dump a > x"],
  ["PGPASSFILE=/root/pg_dump.pass pg_dump a", "PGPASSFILE=/root/pg_dump.pass {} pg_dump a"],
  ["cd /mnt/pg_dump && pg_dump a", "cd /mnt/pg_dump && {} pg_dump a"],
  ["nice -n 9 pg_dump a", "{} nice -n 9 pg_dump a"],
  [`sh -c "pg_dump a | gzip"`, `{} sh -c "pg_dump a | gzip"`],
  [
    "runuser -u postgres -- pg_dump -f /b/$(date +\\%F | tr - _) a",
    "{} runuser -u postgres -- pg_dump -f /b/$(date +\\%F | tr - _) a",
  ],
  ["true; (pg_dump a)", "true; ({} pg_dump a)"],
])("as a job %p keeps its shell", (command, expected) => {
  expect(jobOf(command)).toBe(`30 3 * * * ${expected.replace("{}", `${program} job dump --`)}`);
});

test("what is a job already, and what is no line, is left alone", () => {
  expect(jobOf("/root/server-metrics --name x job dump -- pg_dump a")).toBeNull();
  expect(jobOf("restic backup")).toBeNull();
  const [script] = unitCommand("dump.service", "Type=oneshot\nExecStart=/usr/bin/pg_dump a\n");
  expect(asJob(script!, /pg_dump/, program, "dump")).toBeNull();
  expect(unitCommand("web.service", "ExecStart=/usr/bin/pg_dump a\n")).toEqual([]);
});

test.each([
  ["pg_dump a > /var/backups/a-$(date +\\%F).sql", "/var/backups/a-*.sql"],
  ["pg_dump a | gzip >>/var/backups/a.gz 2>/dev/null", "/var/backups/a.gz"],
  [`pg_dump -Fc -f "/b/\`date +%s\`.dump" a`, "/b/*.dump"],
  ["pg_dump --file=/b/${DAY}-$X.dump a", "/b/*-*.dump"],
  ["pg_dump a > dump.sql", null],
  ["pg_dump a 2>/var/log/dump.log", null],
  ["pg_dump a > $HOME/a.sql", null],
  ["pg_dump a > /dev/null", null],
  ["pg_dump a > /b/$(date +%Y)/a.sql", null],
  ["DIR=/srv/backup\nNAME='a'\npg_dump a > $DIR/${NAME}-$(date +%F).sql\n", "/srv/backup/a-*.sql"],
])("the output of %p", (text, expected) => {
  expect(outputOf({ place: "", user: "root", period: "day", text, before: null })).toBe(expected);
});
