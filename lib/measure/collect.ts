import { type Clock, withDeadline } from "../clock.ts";
import { type MetricName, metricNames, metrics, type Readings, type Values } from "../metrics/index.ts";
import type { Host } from "../model/host.ts";
import { type Metric, type Reading, readingOf } from "../model/metric.ts";
import type { KeptSnapshot } from "../model/snapshot.ts";
import type { Config } from "../settings/config.ts";

/** Everything that was read from the machine in one run. */
export interface Measured {
  readonly readings: Readings;
  /** The readings at the start of the sample window and the window's length; null when no window was asked for. */
  readonly sample: { readonly readings: Partial<Readings>; readonly seconds: number } | null;
}

/** Options of the collection. */
export interface CollectOptions {
  readonly config: Config;
  /** Also what costs too much for every report. */
  readonly everything: boolean;
  /** The last run, for what is not asked anew in each; none if not given. */
  readonly last?: KeptSnapshot | null;
  /** Also what is read once a day; if not given, it is not. */
  readonly errandIsDue?: boolean;
  /** The deadline of each collector; if not given, the metric's own, or 3000. */
  readonly deadlineMs?: number;
  /** A sample window that an earlier look opened; saves a new one. */
  readonly opened?: OpenWindow | null;
  /** Called with what a wait is for, in words. */
  readonly doing?: (what: string) => void;
}

type Look = CollectOptions & { readonly clock: Clock };

/** The readings at the start of a sample window, and its monotonic time. */
export interface OpenWindow {
  readonly readings: PartialReadings;
  readonly atMs: number;
}

type PartialReadings = { [Name in MetricName]?: Reading<Values[Name]> };

const sampledNames = metricNames.filter((name) => metrics[name].sampled);
const onceNames = metricNames.filter((name) => !metrics[name].sampled);

/**
 * Reads every metric, each under its own deadline and failing alone. First all that is read once, then the sampled
 * counters at both ends of the window, the first of the registry innermost: while the window is open this program
 * sleeps, so that it does not measure itself. Never throws for what the machine does.
 */
export async function collect(host: Host, clock: Clock, wanted: CollectOptions): Promise<Measured> {
  const { sampleSeconds } = wanted.config;
  const options = { ...wanted, clock };
  const readings: PartialReadings = {};
  await readTogether(readings, onceNames, host, options);
  options.doing?.("watching the CPU");
  const opened = options.opened ?? (sampleSeconds > 0 ? await openWindow(host, clock, options) : null);
  const seconds = opened === null ? 0 : (clock.monotonicMs() - opened.atMs) / 1000;
  await readInTurn(readings, sampledNames, host, options);
  // Who watches sees by himself how it goes on.
  if (options.opened === undefined || options.opened === null) await confirmAll(readings, host, clock, options);
  // They were filled in as they came in; what leaves here has the order of the registry.
  const inOrder: PartialReadings = Object.fromEntries(metricNames.map((name) => [name, readings[name]]));
  if (!isComplete(inOrder)) throw new Error("a metric of the registry was not read");
  return { readings: inOrder, sample: opened !== null && seconds > 0 ? { readings: opened.readings, seconds } : null };
}

async function openWindow(host: Host, clock: Clock, options: Look): Promise<OpenWindow> {
  const readings: PartialReadings = {};
  await readInTurn(readings, sampledNames.toReversed(), host, options);
  const atMs = clock.monotonicMs();
  await clock.sleep(options.config.sampleSeconds * 1000);
  return { readings, atMs };
}

/** Time between two readings of a doubtful value, milliseconds: longer than a sensor's glitch. */
const confirmMs = 3000;

/** In no language: as the settings and the exports have them. */
function namesOf(names: readonly MetricName[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return names.slice(0, 3).join(", ") + more;
}

async function confirmAll(readings: PartialReadings, host: Host, clock: Clock, options: Look) {
  const doubtful = metricNames.filter((name) => isDoubtful(readings, name));
  if (doubtful.length === 0) return;
  options.doing?.(`reading ${namesOf(doubtful)} again`);
  await clock.sleep(confirmMs);
  for (const name of doubtful) await confirm(readings, name, host, options);
}

function isDoubtful<Name extends MetricName>(readings: PartialReadings, name: Name): boolean {
  const reading: PartialReadings[Name] = readings[name];
  return reading?.status === "ok" && metrics[name].confirm?.isDoubtful(reading.value) === true;
}

async function confirm<Name extends MetricName>(into: PartialReadings, name: Name, host: Host, options: Look) {
  const first: PartialReadings[Name] = into[name];
  await readInto(into, name, host, options);
  const second: PartialReadings[Name] = into[name];
  if (first?.status !== "ok" || second?.status !== "ok") return;
  const value = metrics[name].confirm?.settle(first.value, second.value) ?? second.value;
  Object.assign(into, { [name]: { status: "ok", value } });
}

function isComplete(readings: PartialReadings): readings is Readings {
  return metricNames.every((name) => readings[name] !== undefined);
}

async function readTogether(into: PartialReadings, names: readonly MetricName[], host: Host, options: Look) {
  const pending = new Set(names);
  const tell = () => options.doing?.(`reading ${namesOf([...pending])}`);
  tell();
  const read = async (name: MetricName) => {
    await readInto(into, name, host, options);
    pending.delete(name);
    if (pending.size > 0) tell();
  };
  await Promise.all(names.map(read));
}

async function readInTurn(into: PartialReadings, names: readonly MetricName[], host: Host, options: Look) {
  for (const name of names) await readInto(into, name, host, options);
}

async function readInto<Name extends MetricName>(into: PartialReadings, name: Name, host: Host, options: Look) {
  const metric = metrics[name];
  const before: Values[Name] | null = options.last?.remembered?.[name] ?? null;
  const reading: Reading<Values[Name]> = !isAsked(metric, options)
    ? { status: "unavailable", reason: metric.errand === undefined ? "not asked for" : "read once a day, by a report" }
    : await attempt(
        () =>
          metric.collect(host, options.config, {
            before,
            clock: options.clock,
            isErrand: options.errandIsDue === true,
          }),
        options.deadlineMs ?? metric.deadlineMs?.(options.config) ?? 3000,
      );
  // The compiler cannot write through a generic key; the annotation above has checked the value already.
  Object.assign(into, { [name]: reading });
}

function isAsked({ onDemand = false, errand }: Pick<Metric<never>, "onDemand" | "errand">, options: CollectOptions) {
  const { everything, errandIsDue = false, config } = options;
  return errand === undefined ? everything || !onDemand : errandIsDue || (everything && errand.inShow(config));
}

/** Turns what a collector returns or throws into a reading. */
async function attempt<T>(run: () => Promise<T>, deadlineMs: number): Promise<Reading<T>> {
  try {
    return { status: "ok", value: await withDeadline(run(), deadlineMs, "no answer") };
  } catch (error) {
    return readingOf(error);
  }
}
