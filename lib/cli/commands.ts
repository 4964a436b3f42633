/**
 * An option as `--help` shows it; with a `<value>` it needs one. The value's name says what it is, for completions: a
 * `<file>`, a `<dir>`, one of `<these|or|those>`.
 */
export interface OptionDefinition {
  readonly usage: string;
  readonly description: string;
}

/** Every option of the program, by the name that the code uses. */
export const options = {
  cron: { usage: "--cron <times>", description: "One line in your crontab, with these times in quotes" },
  systemd: {
    usage: "--systemd",
    description: "A service and a timer of systemd, with the same times",
  },
  replace: { usage: "--replace", description: "Put it in the place of what stands in its way" },
  purge: { usage: "--purge", description: "Remove the state and the settings, too" },
  yes: { usage: "--yes", description: "Remove what was shown" },
  print: { usage: "--print", description: "Only show what would be written" },
  config: { usage: "--config <file>", description: "Settings file (TOML)" },
  drop: { usage: "--drop <id>", description: "Throw a message away" },
  onlyChanges: { usage: "--only-changes", description: "Post only when something changed state" },
  cardEvery: {
    usage: "--card-every <time>",
    description: "Look each time, post one card in each 30m, 2h, …",
  },
  write: { usage: "--write", description: "Add them to the settings file" },
  retry: { usage: "--retry", description: "Send what waits now" },
  splay: { usage: "--splay <seconds>", description: "Post up to so much later, always as much" },
  stateDir: { usage: "--state-dir <dir>", description: "Where to remember things; none for nowhere" },
  live: { usage: "--live", description: "Keep one card a day and edit it in place" },
  name: { usage: "--name <name>", description: "This machine's name (default: its host name)" },
  version: { usage: "-v, -V, --version", description: "Print the version" },
  color: { usage: "--no-color", description: "No colours, as with NO_COLOR set" },
  help: { usage: "-h, --help", description: "Print this help" },
  format: { usage: "--format <prometheus|otlp-json>", description: "default: prometheus" },
  url: { usage: "--url <url>", description: "Send them there, by HTTP" },
  file: { usage: "--file <file>", description: "Replace this file, all at once" },
  dryRun: { usage: "--dry-run", description: "Show what would be posted; post nothing" },
  json: { usage: "--json", description: "JSON, for programs" },
  layout: { usage: "--layout <card|classic>", description: "What it looks like (default: card)" },
  png: { usage: "--png <file>", description: "A chart, as a picture, into this file" },
  rules: { usage: "--rules", description: "Each rule with its lines and present value" },
  dashboard: { usage: "--dashboard", description: "Print a dashboard for Grafana" },
  csv: { usage: "--csv", description: "CSV, for spreadsheets: a line a run, or an hour" },
  hours: { usage: "--hours <hours>", description: "How far back, up to 9600 (default: 24)" },
  days: { usage: "--days <days>", description: "The same in days, up to 400" },
  all: { usage: "--all", description: "Everything, for a time" },
  list: { usage: "--list", description: "What is muted" },
  for: { usage: "--for <time>", description: "So long: 30m, 2h, 3d" },
  until: { usage: "--until <date>", description: "Until that day begins, or its time: 2026-12-01T07:00" },
  why: { usage: "--why <text>", description: "A reason, shown in the card" },
  watch: { usage: "--watch", description: "Refresh every 2 seconds until q" },
  sample: { usage: "--sample <seconds>", description: "CPU window, 0 to 30, 0 = none (default: 0.5)" },
} as const satisfies Record<string, OptionDefinition>;

/** The name of an option in the code. */
export type OptionName = keyof typeof options;

/** One command as `--help` shows it. */
export interface CommandDefinition {
  readonly description: string;
  readonly options: readonly OptionName[];
  /** Descriptions that replace the common ones in this command. */
  readonly descriptions?: Readonly<Partial<Record<OptionName, string>>>;
  /** Words of which one must follow. */
  readonly choices?: readonly string[];
  /** What may follow in free words, such as `TARGET`. */
  readonly argument?: string;
  readonly examples: readonly string[];
}

/** Options that every command takes. */
export const commonOptions: readonly OptionName[] = ["config", "name", "stateDir", "color", "version", "help"];

/** Options that a schedule hands on to the report, beside the common ones. */
const ofSchedules = [
  "live",
  "onlyChanges",
  "cardEvery",
  "layout",
  "sample",
  "splay",
] as const satisfies readonly OptionName[];

/** Options of `install` that are options of the report that it schedules. */
export const scheduledOptions: readonly OptionName[] = ["config", "stateDir", "name", ...ofSchedules];

/** Every command of the program. */
export const commands = {
  report: {
    description: "Measure this machine and post to Discord",
    options: ["dryRun", "json", ...ofSchedules],
    descriptions: { json: "The requests, for programs; posts nothing" },
    examples: [
      "server-metrics                   measure and post",
      "server-metrics --dry-run         look at what would be posted",
      "server-metrics --only-changes    every minute: silent until something changes",
      "server-metrics --card-every 30m  alerts at once, a card each half hour",
      "server-metrics --layout classic  the original program's message",
    ],
  },
  show: {
    description: "The same report in the terminal; posts nothing",
    options: ["all", "watch", "json", "sample"],
    descriptions: { all: "Every number, with all that is known of it" },
    examples: ["server-metrics show", "server-metrics show --watch", "server-metrics show --json | jq .verdict"],
  },
  status: {
    description: "Is it running? Schedule, last card, what is due, failed, waits",
    options: ["json"],
    examples: ["server-metrics status", "server-metrics status --json | jq .lastCard"],
  },
  history: {
    description: "What was: minimum, average, maximum, course of numbers",
    options: ["hours", "days", "json", "csv", "png"],
    examples: [
      "server-metrics history",
      "server-metrics history --days 7",
      "server-metrics history --png day.png",
      "server-metrics history --csv > day.csv",
    ],
  },
  changes: {
    description: "What changed on this machine: keys, users, packages, ports",
    options: ["days", "json"],
    descriptions: { days: "How far back, up to 400 (default: 7)" },
    examples: ["server-metrics changes", "server-metrics changes --days 30", "server-metrics changes --json"],
  },
  check: {
    description: "Can it work here? Looks at all it needs; posts nothing",
    options: ["rules", "json"],
    examples: ["server-metrics check", "server-metrics check --rules"],
  },
  "test-alert": {
    description: "Send one alert that says it is an example",
    options: [],
    examples: ["server-metrics test-alert"],
  },
  mute: {
    description: "Announce nothing of a target until it is over, or for a time",
    options: ["for", "until", "why", "all", "list", "json"],
    argument: "TARGET",
    examples: [
      "server-metrics mute storage_used /mnt/media",
      'server-metrics mute /mnt/media --until 2026-12-01 --why "new disk is ordered"',
      "server-metrics mute --all --for 2h",
      "server-metrics mute --list",
    ],
  },
  unmute: {
    description: "Announce a target again",
    options: ["all"],
    argument: "TARGET",
    examples: ["server-metrics unmute storage_used /mnt/media", "server-metrics unmute --all"],
  },
  job: {
    description: "Run a cron job unchanged, and remember how it went",
    options: [],
    argument: "NAME -- COMMAND…",
    examples: [
      "server-metrics job backup -- /usr/local/bin/backup.sh",
      "30 3 * * *  server-metrics job pg_dump -- /usr/local/bin/dump-database",
    ],
  },
  suggest: {
    description: "Settings that watch what runs here: databases, queues, backups",
    options: ["write"],
    examples: ["server-metrics suggest", "server-metrics suggest --write"],
  },
  outbox: {
    description: "What waits to be sent, and what was refused for good",
    options: ["json", "retry", "drop"],
    examples: ["server-metrics outbox", "server-metrics outbox --retry", "server-metrics outbox --drop 12"],
  },
  export: {
    description: "The numbers for an engine: Prometheus text or OTLP",
    options: ["format", "file", "url", "sample", "rules", "dashboard"],
    descriptions: { rules: "Print alert rules for Prometheus" },
    examples: [
      "server-metrics export",
      "server-metrics export --rules > /etc/prometheus/rules/server-metrics.yml",
      "server-metrics export --file /var/lib/prometheus/node-exporter/sm.prom",
      "server-metrics export --url http://localhost:8428/api/v1/import/prometheus",
      "server-metrics export --format otlp-json --url http://otel:4318/v1/metrics",
    ],
  },
  install: {
    description: "Run by schedule: a line in your crontab, or a timer",
    options: ["cron", "systemd", "print", "replace", ...ofSchedules],
    examples: [
      "server-metrics install              a look every 5 minutes, a card every 30",
      'server-metrics install --cron "*/30 * * * *"',
      "sudo server-metrics install --systemd",
    ],
  },
  uninstall: {
    description: "Take back what install has done",
    options: ["purge", "yes"],
    examples: [
      "server-metrics uninstall",
      "server-metrics uninstall --purge        shows what it would remove",
      "server-metrics uninstall --purge --yes",
    ],
  },
  completions: {
    description: "A script that teaches your shell to complete all this",
    options: [],
    choices: ["bash", "zsh", "fish"],
    examples: [
      'bash: eval "$(server-metrics completions bash)"  in ~/.bashrc',
      'zsh:  eval "$(server-metrics completions zsh)"   in ~/.zshrc, after compinit',
      "fish: server-metrics completions fish | source  in ~/.config/fish/config.fish",
    ],
  },
} as const satisfies Record<string, CommandDefinition>;

/** The name of a command. */
export type CommandName = keyof typeof commands;

/** The command that runs when none is named. */
export const defaultCommand: CommandName = "report";

/** All command names, in the order of the help text. */
export const commandNames: readonly CommandName[] = Object.keys(commands).filter(
  (name): name is CommandName => name in commands,
);

/** The options of a command and those of every command, as this command describes them. */
export function optionsOf(command: CommandName): readonly OptionDefinition[] {
  const { options: own, descriptions = {} }: CommandDefinition = commands[command];
  return [...own, ...commonOptions].map((name) => {
    const { usage, description } = options[name];
    return { usage, description: descriptions[name] ?? description };
  });
}
