import type { CommandName } from "./cli/commands.ts";
import { type Flags, parseArguments } from "./cli/parse.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import { createThresholdsOf } from "./settings/alerts.ts";
import type { Config } from "./settings/config.ts";
import { type LoadedSettings, loadSettings } from "./settings/load.ts";
import { secretsOf } from "./settings/secrets.ts";
import { complain, type World } from "./world.ts";

/** Runs one command and says what to exit with. Throws only for bugs. */
export async function main(world: World): Promise<ExitCode> {
  try {
    return await runCommand(world);
  } finally {
    world.output.doing(null);
  }
}

async function runCommand(world: World): Promise<ExitCode> {
  const invocation = parseArguments(world.argv);
  switch (invocation.kind) {
    case "version":
      world.output.out(`server-metrics ${world.version}\n`);
      return exitCodes.ok;
    case "help":
      world.output.out(`${(await import("./cli/help.ts")).helpText(invocation.command)}\n`);
      return exitCodes.ok;
    case "misuse":
      complain(world, [`${invocation.problem}; see server-metrics --help`]);
      return exitCodes.usage;
    case "run": {
      const env = invocation.flags.color === undefined ? world.env : { ...world.env, NO_COLOR: "1" };
      return commands[invocation.command]({ world: { ...world, env }, ...invocation });
    }
  }
}

interface Call {
  readonly world: World;
  readonly flags: Flags;
  /** Which of the command's choices. */
  readonly choice?: string;
  /** The words that follow it. */
  readonly argument?: string;
}

/** Each command loads its own modules: a report runs every half hour, for years, and needs none of the others'. */
const commands: Readonly<Record<CommandName, (call: Call) => Promise<ExitCode>>> = {
  report: configured(async ({ dryRun }) =>
    dryRun === undefined
      ? (await import("./commands/report/report.ts")).report
      : (await import("./commands/report/dryRun.ts")).dryRun,
  ),
  show: configured(async ({ watch }) =>
    watch === undefined ? (await import("./commands/show.ts")).show : (await import("./commands/watch.ts")).watch,
  ),
  status: async ({ world, flags }) =>
    (await import("./commands/status/status.ts")).status(world, flags, await settingsOf(world, flags)),
  history: configured(async () => (await import("./commands/history.ts")).history),
  check: async ({ world, flags }) => {
    const settings = await settingsOf(world, flags);
    if (flags.rules === undefined || !settings.ok) {
      return (await import("./commands/check.ts")).check(world, flags, settings);
    }
    return (await import("./commands/rulesTable.ts")).printRules(
      withThresholds(world, settings.value),
      settings.value,
      flags,
    );
  },
  "test-alert": configured(async () => (await import("./commands/testAlert.ts")).testAlert),
  mute: about(async () => (await import("./commands/mute.ts")).mute),
  unmute: about(async () => (await import("./commands/mute.ts")).unmute),
  outbox: configured(async () => (await import("./commands/outbox.ts")).outbox),
  export: configured(async () => (await import("./commands/export.ts")).exportNumbers),
  install: configured(async () => (await import("./commands/install.ts")).install),
  uninstall: async ({ world, flags }) =>
    (await import("./commands/uninstall.ts")).uninstall(world, flags, await settingsOf(world, flags)),
  completions: async ({ world, choice }) => {
    world.output.out((await import("./cli/completions/index.ts")).completions(choice));
    return exitCodes.ok;
  },
};

type Configured = (world: World, config: Config, flags: Flags) => Promise<ExitCode>;
type About = (...call: [...Parameters<Configured>, argument: string]) => Promise<ExitCode>;

/** A command that runs only where the settings are right. */
function configured(load: (flags: Flags) => Promise<Configured>) {
  return async ({ world, flags }: Pick<Call, "world" | "flags">): Promise<ExitCode> => {
    const settings = await settingsOf(world, flags);
    if (settings.ok) return (await load(flags))(withThresholds(world, settings.value), settings.value, flags);
    complain(world, settings.problems);
    return exitCodes.config;
  };
}

/** The same for one that is told what it is about. */
function about(load: () => Promise<About>) {
  return ({ world, flags, argument = "" }: Call): Promise<ExitCode> =>
    configured(async () => {
      const command = await load();
      return (...call) => command(...call, argument);
    })({ world, flags });
}

/** Every number is written beside the thresholds that the settings have for it. */
function withThresholds(world: World, { rules }: Config): World {
  return { ...world, words: { ...world.words, thresholdsOf: createThresholdsOf(rules) } };
}

async function settingsOf(world: World, flags: Flags): Promise<LoadedSettings> {
  const settings = await loadSettings({ ...world, flags });
  if (settings.ok) world.output.conceal(secretsOf(settings.value));
  return settings;
}
