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
  cron: { usage: "--cron <times>", description: "Add a crontab line with this schedule, in quotes" },
  systemd: {
    usage: "--systemd",
    description: "A systemd service and timer with the same schedule",
  },
  replace: { usage: "--replace", description: "Replace what is in the way" },
  purge: { usage: "--purge", description: "Also remove the state and the settings" },
  yes: { usage: "--yes", description: "Remove it; without this, only list it" },
  print: { usage: "--print", description: "Show what would be written; write nothing" },
  config: { usage: "--config <file>", description: "Settings file (TOML)" },
  drop: { usage: "--drop <id>", description: "Delete a message" },
  onlyChanges: { usage: "--only-changes", description: "Post only when something goes wrong or recovers" },
  cardEvery: {
    usage: "--card-every <time>",
    description: "Check on every run, post a card every 30m, 2h, …",
  },
  write: { usage: "--write", description: "Add them to the settings file" },
  retry: { usage: "--retry", description: "Send waiting messages now" },
  splay: { usage: "--splay <seconds>", description: "Delay by up to this long, fixed per machine" },
  stateDir: { usage: "--state-dir <dir>", description: "Where to keep state; none keeps no state" },
  live: { usage: "--live", description: "Keep one card a day and edit it in place" },
  name: { usage: "--name <name>", description: "This machine's name (default: its host name)" },
  version: { usage: "-v, -V, --version", description: "Print the version" },
  color: { usage: "--no-color", description: "No colours, like NO_COLOR" },
  help: { usage: "-h, --help", description: "Print this help" },
  format: { usage: "--format <prometheus|otlp-json>", description: "Default: prometheus" },
  url: { usage: "--url <url>", description: "Send them to this URL by HTTP" },
  file: { usage: "--file <file>", description: "Write them to this file, atomically" },
  dryRun: { usage: "--dry-run", description: "Show what would be posted; post nothing" },
  json: { usage: "--json", description: "Print JSON" },
  layout: { usage: "--layout <card|classic>", description: "How it looks (default: card)" },
  png: { usage: "--png <file>", description: "Save a chart as a PNG image" },
  rules: { usage: "--rules", description: "List every rule with its limits and current value" },
  dashboard: { usage: "--dashboard", description: "Print a dashboard for Grafana" },
  csv: { usage: "--csv", description: "CSV for spreadsheets: one line per run, or per hour" },
  hours: { usage: "--hours <hours>", description: "How far back, up to 9600 (default: 24)" },
  days: { usage: "--days <days>", description: "The same in days, up to 400" },
  all: { usage: "--all", description: "Everything; needs --for or --until" },
  list: { usage: "--list", description: "List what is muted" },
  for: { usage: "--for <time>", description: "For this long: 30m, 2h, 3d" },
  until: { usage: "--until <date>", description: "Until a day begins, or a time: 2026-12-01T07:00" },
  why: { usage: "--why <text>", description: "A reason, shown on the card" },
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
    descriptions: { json: "Print the requests as JSON; post nothing" },
    examples: [
      "server-metrics                   measure and post",
      "server-metrics --dry-run         see what would be posted",
      "server-metrics --only-changes    every minute: silent until something changes",
      "server-metrics --card-every 30m  alerts at once, a card every half hour",
      "server-metrics --layout classic  the original program's message",
    ],
  },
  show: {
    description: "The same report in the terminal; posts nothing",
    options: ["all", "watch", "json", "sample"],
    descriptions: { all: "Every number, in full" },
    examples: ["server-metrics show", "server-metrics show --watch", "server-metrics show --json | jq .verdict"],
  },
  status: {
    description: "Is it running? Schedule, last card, next run, failures, queue",
    options: ["json"],
    examples: ["server-metrics status", "server-metrics status --json | jq .lastCard"],
  },
  history: {
    description: "Past values: minimum, average, maximum, trend",
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
    description: "Check the setup; post nothing",
    options: ["rules", "json"],
    examples: ["server-metrics check", "server-metrics check --rules"],
  },
  "test-alert": {
    description: "Send a test alert the way real alerts go",
    options: [],
    examples: ["server-metrics test-alert"],
  },
  mute: {
    description: "Mute a target until it recovers, or for some time",
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
    description: "End the mute of a target",
    options: ["all"],
    argument: "TARGET",
    examples: ["server-metrics unmute storage_used /mnt/media", "server-metrics unmute --all"],
  },
  job: {
    description: "Run a cron job unchanged and record how it went",
    options: [],
    argument: "NAME -- COMMAND…",
    examples: [
      "server-metrics job backup -- /usr/local/bin/backup.sh",
      "30 3 * * *  server-metrics job pg_dump -- /usr/local/bin/dump-database",
    ],
  },
  suggest: {
    description: "Suggest checks for what runs here: databases, queues, backups",
    options: ["write"],
    examples: ["server-metrics suggest", "server-metrics suggest --write"],
  },
  outbox: {
    description: "Messages waiting to be sent, and those refused for good",
    options: ["json", "retry", "drop"],
    examples: ["server-metrics outbox", "server-metrics outbox --retry", "server-metrics outbox --drop 12"],
  },
  export: {
    description: "Export the numbers: Prometheus text or OTLP",
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
    description: "Run on a schedule, with cron or systemd",
    options: ["cron", "systemd", "print", "replace", ...ofSchedules],
    examples: [
      "server-metrics install              check every 5 minutes, a card every 30",
      'server-metrics install --cron "*/30 * * * *"',
      "sudo server-metrics install --systemd",
    ],
  },
  uninstall: {
    description: "Undo install",
    options: ["purge", "yes"],
    examples: [
      "server-metrics uninstall",
      "server-metrics uninstall --purge        shows what it would remove",
      "server-metrics uninstall --purge --yes",
    ],
  },
  completions: {
    description: "Print the completion script for your shell",
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
