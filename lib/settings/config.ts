import * as v from "valibot";

import type { MetricSettings } from "../model/settings.ts";
import type { Language } from "../words/languages.ts";
import type { AlertSettings } from "./alertTable.ts";
import type { ExportTarget } from "./exports.ts";
import type { RuleSettings } from "./ruleTable.ts";
import { numberBetween, oneOf, shortText } from "./types.ts";

/** All settings, decided. */
export interface Config extends MetricSettings {
  /** This machine's name; null for its host name. */
  readonly name: string | null;
  /** For texts that hold a clock time; null for the machine's own. */
  readonly timezone: string | null;
  readonly units: "iec" | "si";
  /** Of what people read; null: English on cards, and that of the locale in a terminal. */
  readonly language: Language | null;
  /** Length of the CPU window; 0 for none. */
  readonly sampleSeconds: number;
  readonly layout: "card" | "classic";
  /** A new message each time, or one a day that is edited in place. */
  readonly mode: "post" | "live";
  /** The time, `08:00` or `monday 08:00`, from which on the first run posts a digest of the day or the week; null for none. */
  readonly digest: string | null;
  /** Which cards have a chart; `auto`: the live card, and the first of a day. */
  readonly chart: "auto" | "always" | "never";
  /** Posts up to this much later, each machine at its own time. */
  readonly splaySeconds: number;
  /** The webhook for cards; overrides the built-in one. A secret. */
  readonly webhook: string | null;
  /** The thread of the webhook's channel that this machine writes in; null for the channel itself, or the address's. */
  readonly threadId: string | null;
  /** Requested after each run. Secret, because it lets others report for this machine. */
  readonly heartbeat: string | null;
  /** Other targets of every report's numbers. */
  readonly exports: readonly ExportTarget[];
  readonly rules: RuleSettings;
  readonly alerts: AlertSettings;
}

/** The decided settings, or their problems, a line each. */
export type ConfigResult =
  { readonly ok: true; readonly value: Config } | { readonly ok: false; readonly problems: readonly string[] };

/** The settings that may also be typed: on the command line or in the environment. */
export const typedEntries = {
  name: shortText(80, "a name"),
  language: oneOf(["en", "ja"]),
  sample: numberBetween(0, 30, "a number of seconds"),
  layout: oneOf(["card", "classic"]),
  mode: oneOf(["post", "live"]),
  splay: numberBetween(0, 1500, "a number of seconds"),
};

const TypedSettings = v.partial(v.strictObject(typedEntries));
type TypedSettings = v.InferOutput<typeof TypedSettings>;

/** Defaults of the top-level settings that always have a value. */
export const defaults = {
  units: "iec",
  sample: 0.5,
  layout: "card",
  mode: "post",
  chart: "auto",
  splay: 0,
  updates: false,
} as const;

/** Where nothing can be typed, and nothing is set. */
const nothingSet: Omit<Config, "name" | "language" | "sampleSeconds" | "layout" | "mode" | "splaySeconds"> = {
  timezone: null,
  units: defaults.units,
  digest: null,
  chart: defaults.chart,
  storage: { include: [], exclude: [], network: false },
  jobs: { users: [], directories: [] },
  changes: { off: [], program: null, settings: null },
  traffic: null,
  updates: defaults.updates,
  webhook: null,
  threadId: null,
  heartbeat: null,
  services: [],
  http: [],
  tcp: [],
  probes: [],
  exports: [],
  rules: {},
  alerts: {},
};

/** The defaults with what was typed. */
export function configOf({ name, language, sample, layout, mode, splay }: TypedSettings): Config {
  return {
    ...nothingSet,
    name: name ?? null,
    language: language ?? null,
    sampleSeconds: sample ?? defaults.sample,
    layout: layout ?? defaults.layout,
    mode: mode ?? defaults.mode,
    splaySeconds: splay ?? defaults.splay,
  };
}

/** Decides where there is no file of settings; null where something typed is wrong. Later layers win. */
export function decideTyped(layers: readonly unknown[]): Config | null {
  const settings: TypedSettings = {};
  for (const values of layers) {
    const parsed = v.safeParse(TypedSettings, values);
    if (!parsed.success) return null;
    Object.assign(settings, parsed.output);
  }
  return configOf(settings);
}
