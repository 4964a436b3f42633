import * as v from "valibot";

import type { Limit, Limits, Probe, ProbeSource } from "../model/probe.ts";
import { limitAt, parseRange, scaled } from "../probe/limit.ts";
import { unitOf } from "../probe/unit.ts";
import { httpHeaders } from "./exportTable.ts";
import { type Meanings, minutesOrHours, numberBetween, shortText, webAddress } from "./types.ts";

/** More would not fit into a run, nor into a reader's head. */
export const mostProbes = 50;

const commandExpected = 'a list such as ["/usr/bin/program", "argument"], the program by its absolute path';
const fileExpected = 'an absolute path, with * and ? but no **, such as "/var/backups/*.gz"';
const unitExpected = '"seconds", "bytes", "percent", "celsius", or a unit such as "ms", "hours" or "MiB"';
const limitExpected = 'a number, or a range such as "10:20" or "@10:20"';

const isLimit = (value: number | string) =>
  typeof value === "number" ? Number.isFinite(value) : parseRange(value) !== null;
const limit = v.pipe(v.union([v.number(), v.string()], limitExpected), v.check(isLimit, limitExpected));

/** The entries of a `[[probe]]` table. */
export const probeTable = {
  name: shortText(40, "a name"),
  run: v.optional(
    v.pipe(
      v.array(v.string(commandExpected), commandExpected),
      v.check(
        ([program = "", ...args]) => /^\/[^\0]*[^/\0]$/.test(program) && !args.join("").includes("\0"),
        commandExpected,
      ),
    ),
  ),
  url: v.optional(webAddress()),
  headers: httpHeaders,
  body: v.optional(v.pipe(v.string("a text"), v.maxLength(4000, "a text of at most 4000 characters"))),
  file: v.optional(
    v.pipe(
      v.string(fileExpected),
      v.check((path) => path.startsWith("/") && !path.includes("**") && !path.includes("\0"), fileExpected),
    ),
  ),
  take: v.optional(shortText(200)),
  unit: v.optional(
    v.pipe(
      v.string(unitExpected),
      v.check((name) => name !== "" && unitOf(name) !== null, unitExpected),
    ),
  ),
  warning: v.optional(limit),
  critical: v.optional(limit),
  every: v.optional(minutesOrHours()),
  timeout: v.optional(numberBetween(0.1, 20, "a number of seconds"), 10),
  chart: v.optional(v.boolean("true or false"), false),
};

/** What the entries of a `[[probe]]` table do. */
export const probeMeanings: Meanings<typeof probeTable> = {
  name: { meaning: "what to call it", default: "must be set" },
  run: {
    meaning: "a program and its arguments: a plugin, or one that prints a number",
    default: "one of `run`, `url`, `file`",
  },
  url: {
    meaning: "a page with JSON, with numbers for Prometheus, or a number alone; a secret",
    default: "one of `run`, `url`, `file`",
  },
  headers: { meaning: "HTTP headers that go with the request; secrets" },
  body: { meaning: "what to send by POST; a secret", default: "none, by GET" },
  file: { meaning: "the newest file of this name; globs", default: "one of `run`, `url`, `file`" },
  take: {
    meaning:
      "which number: a path in JSON, a sample with its labels, a name in perfdata; of a file `age`, `size`, `expiry` or " +
      "`number`",
    default: 'the only one; of a file `"age"`',
  },
  unit: {
    meaning: "what the number counts, and its limits as well",
    default: "what the plugin says; of a file seconds, bytes or days",
  },
  warning: { meaning: "the number from which on it is a warning, or a plugin's range", default: "none" },
  critical: { meaning: "the same for critical; less than `warning` where low is bad", default: "none" },
  every: { meaning: 'how long an answer holds, such as `"6h"`', default: "one look" },
  timeout: { meaning: "seconds for all of it" },
  chart: { meaning: "its number is in the chart" },
};

type Entry = v.InferOutput<typeof entry>;

const entry = v.pipe(
  v.strictObject(probeTable, ({ input }) => (input === undefined ? "it to be set" : "[[probe]] tables")),
  v.check(
    ({ run, url, file }) => [run, url, file].filter((one) => one !== undefined).length === 1,
    "one of run, url and file",
  ),
  v.check(
    ({ url, headers, body }) => url !== undefined || (body === undefined && Object.keys(headers).length === 0),
    "headers and body only with url",
  ),
  v.check(
    ({ warning, critical, take, file }) =>
      !(file !== undefined && take === "expiry" && typeof warning === "number" && typeof critical === "number") ||
      critical <= warning,
    "fewer days for critical than for warning",
  ),
);

/** The settings of the probes, as they stand in a file. */
export const probeEntries = {
  probe: v.pipe(
    v.array(entry, "[[probe]] tables"),
    v.maxLength(mostProbes, `at most ${mostProbes} [[probe]] tables`),
    v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, "a name of its own for each"),
  ),
};

const Probes = v.partial(v.object(probeEntries));

/** The probes, decided. */
export function decideProbes({ probe: all = [] }: v.InferOutput<typeof Probes>): readonly Probe[] {
  return all.map((one) => ({
    name: one.name,
    source: sourceOf(one),
    take: one.take ?? null,
    unit: one.unit === undefined ? null : unitOf(one.unit),
    limits: limitsOf(one),
    everyMs: one.every ?? 0,
    timeoutSeconds: one.timeout,
    isCharted: one.chart,
    fingerprint: new Bun.CryptoHasher("sha256").update(JSON.stringify(one)).digest("hex").slice(0, 16),
  }));
}

function sourceOf({ run, url, file = "", headers, body }: Entry): ProbeSource {
  if (run !== undefined) return { kind: "run", command: run };
  return url === undefined ? { kind: "file", pattern: file } : { kind: "url", url, headers, body: body ?? null };
}

/** In base units. Low is bad where critical is less than warning, and of the days that a certificate has left. */
function limitsOf({ warning, critical, unit, file, take }: Entry): Limits {
  const isExpiry = file !== undefined && take === "expiry";
  const isLowBad = isExpiry || (typeof warning === "number" && typeof critical === "number" && critical < warning);
  const factor = isExpiry ? 1 : (unitOf(unit ?? "")?.factor ?? 1);
  const read = (written: number | string | undefined): Limit | null => {
    if (written === undefined) return null;
    return scaled(typeof written === "number" ? limitAt(written, isLowBad) : parseRange(written), factor);
  };
  return { warning: read(warning), critical: read(critical) };
}
