import { join } from "node:path";

import { quoted, run, temporaryDirectory } from "./project.ts";

/** A shell in a real terminal, tmux's. To be disposed of. */
export interface Terminal {
  /** Types a command line, and waits until it has ended. */
  readonly run: (command: string) => Promise<void>;
  /** Types keys, by tmux's names for them, and does not wait. */
  readonly type: (...keys: readonly string[]) => Promise<void>;
  /** Waits until what was started last has ended. */
  readonly ended: () => Promise<void>;
  /** What is seen now, line by line, without what was scrolled away. */
  readonly screen: () => Promise<readonly string[]>;
  /** What is seen once it is as wanted; throws when that does not come. */
  readonly screenWhen: (isWanted: (lines: readonly string[]) => boolean) => Promise<readonly string[]>;
  /** All that was printed: the lines of the terminal, and the same with those joined that it has broken. */
  readonly printed: () => Promise<{ readonly lines: readonly string[]; readonly joined: readonly string[] }>;
  /** The same with its escape sequences. */
  readonly painted: () => Promise<string>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** A word of tmux about the pane, such as `#{cursor_flag}`. */
  readonly tell: (format: string) => Promise<string>;
  readonly [Symbol.dispose]: () => void;
}

/** How often a screen is looked at before something is given up: some 30 s. */
const mostLooks = 8000;

/** Opens a terminal of that size, with these variables and no others beyond the usual. */
export async function openTerminal(
  columns: number,
  rows: number,
  env: Readonly<Record<string, string>>,
): Promise<Terminal> {
  const directory = temporaryDirectory();
  const tmux = async (...args: readonly string[]) => {
    const command = ["tmux", "-u", "-f", "/dev/null", "-S", join(directory.path, "socket"), ...args];
    const { status, stdout, stderr } = await run(command, { env: { LC_ALL: "C.UTF-8", SHELL: "/bin/sh", TMUX: "" } });
    if (status !== 0) throw new Error(`tmux ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  // Whatever becomes of the test, the shell ends some time, and tmux with it.
  const shell = [
    "timeout",
    "--foreground",
    "--signal=KILL",
    "120",
    "env",
    "PS1=",
    "HISTFILE=",
    ...variables(env),
    "sh",
    "-i",
  ];
  const size = ["-x", String(columns), "-y", String(rows)];
  await tmux("new-session", "-d", ...size, shell.map(quoted).join(" "));
  await tmux("set-option", "-g", "status", "off");
  const capture = (...how: readonly string[]) => tmux("capture-pane", "-p", ...how);
  const linesOf = (text: string) => text.trimEnd().split("\n");
  const type = async (...keys: readonly string[]) => void (await tmux("send-keys", ...keys));
  const ended = async () => void (await tmux("wait-for", "ended"));
  const screen = async () => (await capture()).split("\n").slice(0, -1);
  return {
    type,
    ended,
    screen,
    run: async (command) => {
      await type(`${command}; tmux wait-for -S ended`, "Enter");
      await ended();
    },
    screenWhen: async (isWanted) => {
      let seen: readonly string[] = [];
      for (let look = 0; look < mostLooks; look += 1) {
        seen = await screen();
        if (isWanted(seen)) return seen;
      }
      throw new Error(`that is not what was waited for:\n${seen.join("\n")}`);
    },
    printed: async () => ({
      lines: linesOf(await capture("-S", "-")),
      joined: linesOf(await capture("-J", "-S", "-")).map((line) => line.trimEnd()),
    }),
    painted: () => capture("-e", "-S", "-"),
    resize: async (width, height) => void (await tmux("resize-window", "-x", String(width), "-y", String(height))),
    tell: async (format) => (await tmux("display-message", "-p", format)).trim(),
    [Symbol.dispose]: () => {
      Bun.spawnSync(["tmux", "-S", join(directory.path, "socket"), "kill-server"]);
      directory[Symbol.dispose]();
    },
  };
}

const variables = (env: Readonly<Record<string, string>>) =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);
