import { expect, test } from "bun:test";

import { cronLine, isOurs, setsWebhook, withLine, withoutLines } from "../../lib/install/crontab.ts";
import { run } from "../support/project.ts";

const job = {
  times: "*/30 * * * *",
  words: ["/opt/server-metrics", "--splay=20"],
  timeoutFile: null,
  timeoutSeconds: 110,
  loggerFile: null,
};
const line = cronLine(job);

test("a line has the times, the command and a mark", () => {
  expect(line).toBe("*/30 * * * * /opt/server-metrics --splay=20 # server-metrics install");
  expect(cronLine({ ...job, timeoutFile: "/usr/bin/timeout" })).toBe(
    "*/30 * * * * /usr/bin/timeout -s KILL 110 /opt/server-metrics --splay=20 # server-metrics install",
  );
  expect(cronLine({ ...job, loggerFile: "/usr/bin/logger" })).toBe(
    "*/30 * * * * /opt/server-metrics --splay=20 2>&1 | /usr/bin/logger -t server-metrics # server-metrics install",
  );
});

/** What cron makes of a command: up to the first percent sign without a backslash, which some crons take away. */
const crons: Readonly<Record<string, (command: string) => string>> = {
  "Debian's and cronie": (command) => /^(?:\\.|[^%])*/s.exec(command)?.[0].replaceAll("\\%", "%") ?? "",
  "the one that keeps backslashes": (command) => /^(?:\\.|[^%])*/s.exec(command)?.[0] ?? "",
  BusyBox: (command) => command,
};

const words = ["50% off", "%", "%%F", "it's", "a\\b", "a\\%b", "$HOME", "`id`", "#x", "wéb", "--name=a b%'c\""];

test.each(Object.keys(crons))("the shell of %s gets the words as they were", async (cron) => {
  const command = cronLine({ ...job, times: "", words: ["printf", "<%s>\\n", ...words] });
  const { stdout } = await run(["sh", "-c", crons[cron]?.(command.trim()) ?? ""]);
  expect(stdout).toBe(words.map((word) => `<${word}>\n`).join(""));
});

const crontabs = ["", "MAILTO=you\n\n# mine\n0 1 * * *\tbackup  \n", "no end", "\n\n", "caf\u00e9\r\n\ud83d\n"];

test.each(crontabs)("%j is kept, and the line taken out again without a trace", (crontab) => {
  const installed = withLine(crontab, line, []);
  expect(installed).toStartWith(crontab);
  expect(installed).toEndWith(`${line}\n`);
  expect(withLine(installed, line, [])).toBe(installed);
  const end = crontab === "no end" ? "\n" : "";
  expect(withoutLines(installed, [line])).toBe(crontab + end);
  expect(withoutLines(crontab, [line])).toBe(crontab);
});

test("another line takes the place of those that it replaces, and others stay", () => {
  const other = cronLine({ ...job, times: "@hourly" });
  expect(withLine(`a\n${line}\nb\n`, other, [line])).toBe(`a\n${other}\nb\n`);
  expect(withLine(`${line}\nb\n${line}\n`, other, [line])).toBe(`${other}\nb\n`);
  expect(withLine(`a\n${line}\n`, other, [])).toBe(`a\n${line}\n${other}\n`);
  expect(withLine(`${other}\n${line}\n`, other, [line])).toBe(`${other}\n`);
});

test("lines that only speak of it are not ours", () => {
  for (const text of [`#${line}`, "* * * * * echo # server-metrics install it"]) expect(isOurs(text)).toBe(false);
  expect(isOurs(line)).toBe(true);
});

test.each([
  ["DISCORD_WEBHOOK_URL=https://x\n", true],
  ["a\n DISCORD_WEBHOOK_URL = 'https://x'\n", true],
  ["#DISCORD_WEBHOOK_URL=https://x\n", false],
  ["DISCORD_WEBHOOK_URL=\n", false],
  ["* * * * * echo\n", false],
])("whether %j sets the webhook: %p", (crontab, sets) => {
  expect(setsWebhook(crontab)).toBe(sets);
});
