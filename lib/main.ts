import type { CommandName } from "./cli/commands.ts";
import { type Flags, parseArguments } from "./cli/parse.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import { createFormat } from "./format.ts";
import { createThresholdsOf } from "./settings/alerts.ts";
import type { Config } from "./settings/config.ts";
import { type LoadedSettings, loadSettings } from "./settings/load.ts";
import { secretsOf } from "./settings/secrets.ts";
import { type Language, languages, localLanguage } from "./words/languages.ts";
import { complain, type Outside, type World } from "./world.ts";

/** Runs one command and says what to exit with. Throws only for bugs. */
export async function main(world: Outside): Promise<number> {
  try {
    return await runCommand(world);
  } finally {
    world.output.doing(null);
  }
}

async function runCommand(world: Outside): Promise<number> {
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
      const { command, flags } = invocation;
      const env = flags.color === undefined ? world.env : { ...world.env, NO_COLOR: "1" };
      return commands[command]({ ...invocation, world: { ...world, env } });
    }
  }
}

interface Call {
  readonly world: Outside;
  readonly command: CommandName;
  readonly flags: Flags;
  /** Which of the command's choices. */
  readonly choice?: string;
  /** The words that follow it. */
  readonly argument?: string;
  /** The words behind `--`. */
  readonly rest?: readonly string[];
}

/** Each command loads its own modules: a report runs every half hour, for years, and needs none of the others'. */
const commands: Readonly<Record<CommandName, (call: Call) => Promise<number>>> = {
  report: configured(async ({ dryRun, json }) =>
    dryRun === undefined && json === undefined
      ? (await import("./commands/report/report.ts")).report
      : (await import("./commands/report/dryRun.ts")).dryRun,
  ),
  show: configured(async ({ watch }) =>
    watch === undefined ? (await import("./commands/show.ts")).show : (await import("./commands/watch.ts")).watch,
  ),
  status: anyhow(async () => (await import("./commands/status/status.ts")).status),
  history: configured(async () => (await import("./commands/history.ts")).history),
  changes: configured(async () => (await import("./commands/changes.ts")).changes),
  check: anyhow(async ({ rules }) => {
    const { check } = await import("./commands/check.ts");
    if (rules === undefined) return check;
    const { printRules } = await import("./commands/rulesTable.ts");
    return (world, flags, settings) =>
      settings.ok ? printRules(world, settings.value, flags) : check(world, flags, settings);
  }),
  "test-alert": configured(async () => (await import("./commands/testAlert.ts")).testAlert),
  mute: about(async () => (await import("./commands/mute.ts")).mute),
  unmute: about(async () => (await import("./commands/mute.ts")).unmute),
  job: async ({ world, argument = "", rest = [], flags }) =>
    (await import("./commands/job.ts")).job(world, argument, rest, flags.stateDir),
  suggest: anyhow(async () => (await import("./commands/suggest.ts")).suggest),
  outbox: configured(async () => (await import("./commands/outbox.ts")).outbox),
  export: configured(async () => (await import("./commands/export.ts")).exportNumbers),
  install: configured(async () => (await import("./commands/install.ts")).install),
  uninstall: anyhow(async () => (await import("./commands/uninstall.ts")).uninstall),
  completions: async ({ world, choice }) => {
    world.output.out((await import("./cli/completions/index.ts")).completions(choice));
    return exitCodes.ok;
  },
};

type Anyhow = (world: World, flags: Flags, settings: LoadedSettings) => Promise<ExitCode>;
type Configured = (world: World, config: Config, flags: Flags) => Promise<ExitCode>;
type About = (...call: [...Parameters<Configured>, argument: string]) => Promise<ExitCode>;

/** A command that runs with wrong settings, too. */
function anyhow(load: (flags: Flags) => Promise<Anyhow>) {
  return async (call: Call): Promise<ExitCode> => {
    const settings = await settingsOf(call.world, call.flags);
    return (await load(call.flags))(await speaking(call, settings), call.flags, settings);
  };
}

/** A command that runs only where the settings are right. */
function configured(load: (flags: Flags) => Promise<Configured>) {
  return async (call: Call): Promise<ExitCode> => {
    const { world, flags } = call;
    const settings = await settingsOf(world, flags);
    if (settings.ok) return (await load(flags))(await speaking(call, settings), settings.value, flags);
    if (call.command === "report" && flags.dryRun === undefined) {
      const { failBefore } = await import("./commands/report/failBefore.ts");
      return failBefore(world, flags, exitCodes.config, settings.problems);
    }
    complain(world, settings.problems);
    return exitCodes.config;
  };
}

/** The same for one that is told what it is about. */
function about(load: () => Promise<About>) {
  return (call: Call): Promise<ExitCode> =>
    configured(async () => {
      const command = await load();
      return (...given) => command(...given, call.argument ?? "");
    })(call);
}

/** The world in the reader's language, where every number is written beside the thresholds that the settings have. */
async function speaking(call: Call, settings: LoadedSettings): Promise<World> {
  const { language = null, rules = {}, probes = [], units = "iec" } = settings.ok ? settings.value : {};
  const words = await languages[await languageOf(call, language)]();
  const { bytes } = createFormat(units);
  return { ...call.world, words: { ...words, bytes, thresholdsOf: createThresholdsOf(rules, probes) } };
}

/**
 * What programs read is English. So is what is posted, unless the settings say otherwise: cron has no locale. A terminal
 * that shows only ASCII can show no other language.
 */
async function languageOf({ command, flags, world }: Call, chosen: Language | null): Promise<Language> {
  if (command === "report" || command === "test-alert") return chosen ?? "en";
  if (flags.json !== undefined || flags.csv !== undefined) return "en";
  const language = chosen ?? localLanguage(world.env);
  if (language === "en") return language;
  return (await import("./render/terminal/options.ts")).isAscii(world) ? "en" : language;
}

async function settingsOf(world: Outside, flags: Flags): Promise<LoadedSettings> {
  const settings = await loadSettings({ ...world, flags });
  if (settings.ok) world.output.conceal(secretsOf(settings.value));
  return settings;
}
