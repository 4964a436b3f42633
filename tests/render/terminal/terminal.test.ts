import { expect, test as anywhere } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { binary, onMachine } from "../../support/binary.ts";
import { expectGolden } from "../../support/golden.ts";
import { testWithPrograms } from "../../support/needs.ts";
import { writePastDays } from "../../support/pastDays.ts";
import { machinesDirectory, temporaryDirectory } from "../../support/project.ts";
import { openTerminal, type Terminal } from "../../support/tmux.ts";

const test = testWithPrograms("tmux");

/** A terminal in which `$m` is the program. */
async function open(columns: number, env: Readonly<Record<string, string>>, rows = 24): Promise<Terminal> {
  return openTerminal(columns, rows, { SERVER_METRICS_STATE_DIR: "none", TZ: "UTC", m: await binary, ...env });
}

/** What a command printed, after making sure that the terminal has broken no line of it. */
async function printedUnbroken(terminal: Terminal, columns: number, command: string): Promise<readonly string[]> {
  await terminal.run(`clear; ${command}`);
  const { lines, joined } = await terminal.printed();
  expect(joined).toEqual(lines);
  expect(lines.filter((line) => Bun.stringWidth(line) > columns)).toEqual([]);
  return lines;
}

for (const columns of [80, 40]) {
  for (const machine of ["vps-tokyo", "hostile-names", "degraded-raid", "256-cpus", "nothing"]) {
    test(`show breaks no line of ${machine} in a terminal of ${columns}×24`, async () => {
      using terminal = await open(columns, onMachine(machine));
      const lines = await printedUnbroken(terminal, columns, '"$m" show --name 写真サーバー🚀');
      expect(lines[0]).toContain("写真サーバー🚀  ");
      expect(lines.length).toBeLessThanOrEqual(23);
      const bars = lines
        .filter((line) => line.includes("▱"))
        .map((line) => Bun.stringWidth(line.split(/[▰▱]/u)[0] ?? ""));
      expect(new Set(bars).size).toBe(machine === "nothing" || columns === 40 ? 0 : 1);
    });
  }

  test(`show looks in a terminal of ${columns}×24 as the golden file says`, async () => {
    using terminal = await open(columns, onMachine("vps-tokyo"));
    const text = `${(await printedUnbroken(terminal, columns, '"$m" show')).join("\n")}\n`;
    expectGolden(join(machinesDirectory, `vps-tokyo/show-${columns}.txt`), text);
  });

  test(`history breaks no line in a terminal of ${columns}×24`, async () => {
    using directory = temporaryDirectory();
    writePastDays(directory.path, Date.now());
    using terminal = await open(columns, { SERVER_METRICS_STATE_DIR: directory.path });
    const lines = await printedUnbroken(terminal, columns, '"$m" history --name データベース');
    expect(lines.join("\n")).toContain("● データベース  last 24 h");
    expect(lines.join("\n")).toMatch(/[▁-█]{4}/u);
  });

  test(`show --watch fills a terminal of ${columns}×24 and follows its size`, async () => {
    using terminal = await open(columns, onMachine("hostile-names"));
    await terminal.type('clear; echo before; "$m" show --watch --name 写真', "Enter");
    const isDrawn = (lines: readonly string[]) =>
      lines[0]?.startsWith("● 写真  All well") === true && isWatching(lines);
    const seen = await terminal.screenWhen(isDrawn);
    expect(seen).toHaveLength(24);
    expect(seen.at(-1)).toMatch(/^q: quit · \d+ more lines below$/);
    expect(seen.join("\n")).not.toContain("before");
    expect(await terminal.tell("#{alternate_on} #{cursor_flag}")).toBe("1 0");
    for (const [key, isThere] of [
      ["G", (last: string) => last === "q: quit"],
      ["g", (last: string) => last === seen.at(-1)],
      ["Down", (last: string) => last.includes("below") && last !== seen.at(-1)],
    ] as const) {
      await terminal.type(key);
      await terminal.screenWhen((lines) => isDrawn(lines) && isThere(lines.at(-1) ?? ""));
    }
    // Not wider: tmux then puts lines of both of its screens together, whatever runs in it.
    await terminal.resize(Math.min(columns, 60), 12);
    const smaller = await terminal.screenWhen((lines) => lines.length === 12 && isDrawn(lines));
    expect(smaller.at(-1)).toContain("more lines below");
    await terminal.type("q");
    expect((await terminal.screenWhen((lines) => lines.includes("before"))).join("\n")).not.toContain("● 写真  ");
  });
}

/** Is the last line the one that says how to leave? */
const isWatching = (lines: readonly string[]) => lines.at(-1)?.startsWith("q: quit") === true;

for (const [name, leave] of [
  ["q", (terminal: Terminal) => terminal.type("q")],
  ["qqq, typed at once", (terminal: Terminal) => terminal.type("-l", "qqq")],
  ["Ctrl-C", (terminal: Terminal) => terminal.type("C-c")],
  ["Escape", (terminal: Terminal) => terminal.type("Escape")],
  ...(["SIGTERM", "SIGHUP", "SIGQUIT"] as const).map(
    (signal) => [signal, (_terminal: Terminal, pid: number) => void process.kill(pid, signal)] as const,
  ),
] as const) {
  test(`show --watch is left with ${name}, ends well, and leaves the terminal as it was`, async () => {
    using directory = temporaryDirectory();
    using terminal = await open(80, { d: directory.path });
    await terminal.run("clear; echo before; before=$(stty -g)");
    const command = "sh -c 'echo $$ >$d/pid; exec \"$m\" show --watch'; echo status $?; tmux wait-for -S ended";
    await terminal.type(command, "Enter");
    await terminal.screenWhen(isWatching);
    await leave(terminal, Number(readFileSync(join(directory.path, "pid"), "utf8")));
    await terminal.ended();
    await terminal.run('test "$before" = "$(stty -g)" && echo same settings');
    expect(await terminal.tell("#{alternate_on} #{cursor_flag} #{wrap_flag}")).toBe("0 1 1");
    const words = (await terminal.screen()).filter((line) => /^(?:before|status|same)/.test(line));
    expect(words).toEqual(["before", "status 0", "same settings"]);
  });
}

test("show | cat has no escape codes, NO_COLOR and TERM=dumb have no colours, a terminal has", async () => {
  using terminal = await open(80, onMachine("degraded-raid"));
  await terminal.run('clear; "$m" show | cat -v');
  expect(await terminal.painted()).not.toContain("^[");
  await terminal.run('clear; "$m" show');
  expect(await terminal.painted()).toContain("\u001B[31m");
  for (const variable of ["NO_COLOR=1", "TERM=dumb"]) {
    await terminal.run(`clear; ${variable} "$m" show`);
    expect(await terminal.painted()).not.toContain("\u001B[3");
  }
});

anywhere("show --watch ends well when its terminal is gone", async () => {
  const drawn = Promise.withResolvers<void>();
  const child = Bun.spawn([await binary, "show", "--watch", "--state-dir", "none"], {
    env: { TERM: "xterm" },
    terminal: {
      cols: 80,
      rows: 24,
      data: (_terminal, bytes) => void (new TextDecoder().decode(bytes).includes("q: quit") && drawn.resolve()),
    },
  });
  await drawn.promise;
  child.terminal?.close();
  expect(await child.exited).toBe(0);
});

test("show --watch shows what stands in the last column, too", async () => {
  using terminal = await open(40, onMachine("hostile-names"), 100);
  await terminal.type('clear; "$m" show --watch --name box', "Enter");
  const seen = await terminal.screenWhen(isWatching);
  expect(seen[0]).toMatch(/^● .{29,36} \d\d:\d\d$/);
});

test("show --watch says that it cannot where the terminal can only print, and where there is none", async () => {
  using terminal = await open(80, {});
  for (const command of ['TERM=dumb "$m" show --watch', '"$m" show --watch | cat', '"$m" show --watch </dev/null']) {
    await terminal.run(`clear; ${command}`);
    expect((await terminal.printed()).lines).toEqual(["server-metrics: --watch needs a terminal"]);
  }
});

test("what a slow run waits for is said in one line, and is gone afterwards", async () => {
  using terminal = await open(40, {});
  await terminal.type('clear; "$m" show --sample 2; tmux wait-for -S ended', "Enter");
  const seen = await terminal.screenWhen((lines) => lines.includes("watching the CPU …"));
  expect(seen.filter((line) => line.includes("…"))).toHaveLength(1);
  await terminal.ended();
  expect((await terminal.printed()).lines.join("\n")).not.toContain("watching the CPU");
});
