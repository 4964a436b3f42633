import * as v from "valibot";

import { AlertSettings } from "./alertTable.ts";
import { alsoTable } from "./alsoTable.ts";
import { changesEntries, decideChanges } from "./changes.ts";
import { checkEntries, checkTables, decideChecks } from "./checks.ts";
import { type ConfigResult, configOf, defaults, typedEntries } from "./config.ts";
import { decideExports, exportEntries, exportTable } from "./exportTable.ts";
import { decideProbes, probeEntries, probeTable } from "./probes.ts";
import { describeIssues, type Origin } from "./problems.ts";
import { jobsEntries } from "./jobs.ts";
import { ruleEntries, RuleSettings } from "./ruleTable.ts";
import { decideTraffic, trafficEntries } from "./traffic.ts";
import { digestTimes, discordId, type Meanings, oneOf, timeZone, webAddress } from "./types.ts";

const patternsExpected = 'a list of mount points, such as ["/mnt/*"]';
const storageExpected = "a table";
const patterns = v.array(v.string(patternsExpected), patternsExpected);

const storageEntries = {
  include: patterns,
  exclude: patterns,
  network: v.boolean("true or false"),
};

// Each message is what the setting wants: the error says it as "expected …".
const entries = {
  ...typedEntries,
  timezone: timeZone(),
  units: oneOf(["iec", "si"]),
  digest: digestTimes(),
  chart: oneOf(["auto", "always", "never"]),
  updates: v.boolean("true or false"),
  webhook: v.string("a webhook's address"),
  thread_id: discordId(),
  storage: v.partial(v.strictObject(storageEntries, storageExpected)),
  jobs: v.partial(v.strictObject(jobsEntries, "a table")),
  changes: v.strictObject(changesEntries, "a table"),
  traffic: v.strictObject(trafficEntries, "a table"),
  heartbeat: webAddress(),
  ...checkEntries,
  ...probeEntries,
  ...exportEntries,
  rules: RuleSettings,
  alerts: AlertSettings,
};

/** Meanings of the top-level settings. */
export const topMeanings: Meanings<Omit<typeof entries, keyof typeof names.tables>> = {
  name: { meaning: "what to call this machine", default: "its host name" },
  timezone: { meaning: "for charts, days and the classic layout's title", default: "the machine's" },
  units: { meaning: '`"iec"` = GiB, as `free -h` and `df -h`; `"si"` = GB' },
  language: {
    meaning: 'of cards, alerts and the terminal; `"ja"` = Japanese',
    default: '`"en"`; commands in the terminal follow `LANG`',
  },
  sample: { meaning: "seconds over which the CPU is measured; 0 = not" },
  layout: { meaning: "what a card looks like; `classic` is the message of the original program" },
  mode: { meaning: '`"live"`: one card a day, edited in place' },
  digest: {
    meaning: 'the first run after that time posts the last 24 hours, or after `"monday 08:00"` the last seven days',
    default: "no digest",
  },
  chart: { meaning: '`"auto"`: on the live card, and on the first card of a day' },
  updates: {
    meaning: "`show` asks apt anew which updates wait, a second of CPU time; one report of the day asks in any case",
  },
  webhook: { meaning: "where to post; a secret", default: "the one built in" },
  thread_id: {
    meaning: "the thread or forum post of that channel to write in",
    default: "the one in the webhook's address",
  },
  splay: { meaning: "seconds; each machine posts so much later at most, always as much" },
  heartbeat: { meaning: "an address that is requested after each run; a secret", default: "none" },
};

/** Meanings of the settings in `[storage]`. */
export const storageMeanings: Meanings<typeof storageEntries> = {
  include: { meaning: "mount points to show although they would be skipped; globs", default: "none" },
  exclude: { meaning: "mount points to leave out; globs", default: "none" },
  network: { meaning: "NFS, CIFS and FUSE too, asked in a process of their own", default: "`false`" },
};

const alerting = { rules: ruleEntries, alerts: AlertSettings.entries };
/** The names that there are, with their schemas. */
export const names = {
  top: entries,
  tables: {
    storage: storageEntries,
    jobs: jobsEntries,
    changes: changesEntries,
    traffic: trafficEntries,
    ...alerting,
    also: alsoTable,
    ...checkTables,
    probe: probeTable,
    export: exportTable,
  },
};

/** The settings of one layer, every one optional. The same shape in a file, baked in, and from the environment. */
export const Settings = v.partial(v.strictObject(entries));
export type Settings = v.InferOutput<typeof Settings>;

/** A source of settings; `nameOf` gives a setting's name there. */
export interface Layer extends Origin {
  readonly values: unknown;
}

/** Checks each layer by itself, so that a problem names where it came from, and lets later layers win. */
export function decide(layers: readonly Layer[]): ConfigResult {
  const parsed = layers.map((layer) => v.safeParse(Settings, layer.values));
  const problems = parsed.flatMap((result, index) => describeIssues(result.issues, layers[index], names));
  if (problems.length > 0) return { ok: false, problems };
  const outputs = parsed.flatMap((result) => (result.success ? [result.output] : []));
  const { settings, storage, rules, alerts } = merge(outputs);
  return {
    ok: true,
    value: {
      ...configOf(settings),
      timezone: settings.timezone ?? null,
      units: settings.units ?? defaults.units,
      digest: settings.digest ?? null,
      chart: settings.chart ?? defaults.chart,
      storage: {
        include: storage.include ?? [],
        exclude: storage.exclude ?? [],
        network: storage.network ?? false,
      },
      jobs: { users: settings.jobs?.users ?? [], directories: [] },
      changes: decideChanges(settings.changes ?? {}, null, null),
      traffic: decideTraffic(settings.traffic),
      updates: settings.updates ?? defaults.updates,
      webhook: settings.webhook ?? null,
      threadId: settings.thread_id ?? null,
      heartbeat: settings.heartbeat ?? null,
      ...decideChecks(settings),
      probes: decideProbes(settings),
      exports: decideExports(settings),
      rules,
      alerts,
    },
  };
}

/** Later layers win: setting by setting, and within the tables entry by entry. */
function merge(layers: readonly Settings[]) {
  const settings: Settings = {};
  const storage: NonNullable<Settings["storage"]> = {};
  const rules: RuleSettings = {};
  const alerts: AlertSettings = {};
  for (const layer of layers) {
    Object.assign(settings, layer);
    Object.assign(storage, layer.storage);
    Object.assign(rules, layer.rules);
    Object.assign(alerts, layer.alerts);
  }
  return { settings, storage, rules, alerts };
}

/** The layer of a settings file, or of one that was baked in. */
export function fileLayer(values: unknown, origin: string): Layer {
  return { values, nameOf: (setting) => `setting ${JSON.stringify(setting)} in ${origin}` };
}

/** The problems in a settings file's contents; `origin` is its name. */
export function checkSettings(values: unknown, origin: string): readonly string[] {
  return describeIssues(v.safeParse(Settings, values).issues, fileLayer(values, origin), names);
}
