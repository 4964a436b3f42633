import { dayMs, hourMs } from "../clock.ts";
import { localDay, longestDayMs } from "../format.ts";
import { observationKey } from "../model/observation.ts";
import { type ChartData, chartOf, findGaps, isCharted, type Span } from "../past/chart.ts";
import { looksDifferent, type Shown, shownBy } from "../past/picture.ts";
import { addSample, sampleOf, summariesOf } from "../past/summary.ts";
import { type Daily, digestTime, type DigestTurn, digestTurn, lastDays } from "../past/digest.ts";
import type { Config } from "../settings/config.ts";
import type { Past } from "../state/past.ts";
import type { Measurement } from "./measure.ts";

/** The past, as far as a run shows it: chart and digest. */
export interface LookBack {
  /** To be drawn for the card; null when it has none, or when there is nothing to be seen. */
  readonly chart: ChartData | null;
  /** What that of a live card shows; null for any other. */
  readonly shown: Shown | null;
  /** The picture that a live card keeps in place of a new one; null for none. */
  readonly keptPicture: string | null;
  /** The same for a due digest: that of the card, or of a week. */
  readonly digestChart: ChartData | null;
  /** The digest of the day, or of the week; null when it is not its turn. */
  readonly daily: Daily | null;
  /** Null when no digest is wanted. */
  readonly turn: DigestTurn | null;
}

type Settings = Pick<Config, "chart" | "digest" | "layout" | "mode" | "timezone" | "units"> &
  Partial<Pick<Config, "probes">>;
type Remembered = Pick<Past, "changesSince" | "chartUntilMs" | "charted" | "course" | "digestDays" | "livePicture">;
type Measured = Pick<Measurement, "changes" | "snapshot" | "observations" | "incidents"> &
  Parameters<typeof shownBy>[0];

/** Decides whether a chart and a digest are due, and reads the history that they need. */
export function lookBack(
  config: Settings,
  past: Remembered,
  measured: Measured,
  { wantsCard, cardsUrl }: { readonly wantsCard: boolean; readonly cardsUrl: string | null },
): LookBack {
  const nowMs = measured.snapshot.takenAtMs;
  const turn = digestTurn(config, past.digestDays, nowMs);
  const isDue = turn?.isDue === true;
  const isWeekly = config.digest !== null && digestTime(config.digest).weekday !== null;
  const days = isDue && isWeekly ? lastDays(nowMs, config.timezone) : null;
  const day = [nowMs - dayMs, nowMs] as const;
  const told = [days?.[0]?.[0] ?? day[0], nowMs] as const;
  const draw = (span: Span, neededMs: number) => {
    const runs = past.charted(...span).filter(({ atMs }) => atMs < nowMs);
    const knownMs = nowMs - (runs[0]?.atMs ?? nowMs);
    if (knownMs === 0 || knownMs < neededMs) return null;
    const all = [...runs, { atMs: nowMs, numbers: numbersOf(measured, isCharted) }];
    // At the size of a message there is room for one panel.
    const changes = [...measured.changes, ...past.changesSince(span[0])];
    return { ...chartOf({ span, runs: all, incidents: measured.incidents, changes }, config), network: [] };
  };
  const neededMs = wantsCard ? neededForCard(config, past.chartUntilMs, nowMs) : Infinity;
  const isLive = config.mode === "live" && cardsUrl !== null && neededMs < Infinity;
  const shown = isLive ? shownBy(measured) : null;
  const known = isLive ? past.livePicture(cardsUrl, localDay(nowMs, config.timezone)) : null;
  const keptPicture = known === null || shown === null || looksDifferent(known.shown, shown) ? null : known.id;
  const chart = neededMs < Infinity && keptPicture === null ? draw(day, neededMs) : null;
  const isDrawn = isDue && config.chart !== "never";
  const digestChart = isDrawn ? ((days === null ? chart : null) ?? draw(told, 0)) : null;
  return { chart, shown, keptPicture, digestChart, daily: isDue ? tell(told, days, past, measured) : null, turn };
}

/** History needed before the one chart of a day is posted. */
const worthWaitingMs = 6 * hourMs;

/** History that a card's chart needs, milliseconds; Infinity when it gets no chart. */
function neededForCard({ chart, layout, mode }: Settings, chartUntilMs: number | null, nowMs: number): number {
  switch (chart) {
    case "never":
      return Infinity;
    case "always":
      return 1;
    case "auto":
      // The original's message had none.
      if (layout === "classic") return Infinity;
      if (mode === "live") return 1;
      // A day that ends later than any day can is one from before the clock was set back.
      return chartUntilMs !== null && nowMs < chartUntilMs && chartUntilMs <= nowMs + longestDayMs
        ? Infinity
        : worthWaitingMs;
  }
}

function tell([fromMs, toMs]: Span, days: readonly Span[] | null, past: Remembered, measured: Measured): Daily {
  // Of this moment there is a newer one.
  const course = past.course(fromMs, toMs - 1);
  addSample(course, sampleOf({ atMs: toMs, numbers: numbersOf(measured, () => true) }));
  const { atMs: times, runs } = course;
  const incidents = measured.incidents.filter((one) => (one.toMs ?? toMs) > fromMs);
  const stateOf = ([from, to]: Span) => {
    if (!times.some((ms) => ms >= from && ms <= to)) return "none";
    const severities = incidents
      .filter((one) => one.fromMs < to && (one.toMs ?? toMs) > from)
      .map(({ severity }) => severity);
    return severities.find((severity) => severity === "critical") ?? severities[0] ?? "well";
  };
  return {
    fromMs,
    toMs,
    runs,
    gaps: findGaps(times, hourMs),
    summaries: summariesOf(course, fromMs, toMs),
    incidents,
    days: days?.map((span) => ({ fromMs: span[0], toMs: span[1], state: stateOf(span) })) ?? null,
  };
}

function numbersOf({ observations }: Measured, isWanted: (key: string) => boolean): ReadonlyMap<string, number> {
  const all = observations.map((one) => [observationKey(one), one.value] as const);
  return new Map(all.filter(([key]) => isWanted(key)));
}
