import { dayMs, hourMs } from "../clock.ts";
import { longestDayMs } from "../format.ts";
import { observationKey } from "../model/observation.ts";
import { type ChartData, chartOf, isCharted, type Span } from "../past/chart.ts";
import { summaryOf, sampleOf } from "../past/summary.ts";
import { type Daily, type DigestTurn, digestTurn } from "../past/digest.ts";
import type { Config } from "../settings/config.ts";
import type { Past } from "../state/past.ts";
import type { Measurement } from "./measure.ts";

/** The last 24 hours, as far as a run shows them: chart and digest. */
export interface LookBack {
  /** To be drawn; null when nothing is to have a chart, or when there is nothing to be seen. */
  readonly chart: ChartData | null;
  /** Whether the card has it; a due digest always does. */
  readonly isOnCard: boolean;
  /** The digest of the day; null when it is not its turn. */
  readonly daily: Daily | null;
  /** Null when no digest is wanted. */
  readonly turn: DigestTurn | null;
}

type Settings = Pick<Config, "chart" | "digest" | "layout" | "mode" | "timezone" | "units">;
type Remembered = Pick<Past, "chartUntilMs" | "charted" | "digestDays" | "samples">;
type Measured = Pick<Measurement, "snapshot" | "observations" | "incidents">;

/** Decides whether a chart and a digest are due, and reads the history that they need. */
export function lookBack(config: Settings, past: Remembered, measured: Measured, wantsCard: boolean): LookBack {
  const nowMs = measured.snapshot.takenAtMs;
  const span = [nowMs - dayMs, nowMs] as const;
  const turn = digestTurn(config, past.digestDays, nowMs);
  const daily = turn?.isDue === true ? tellDay(span, past, measured) : null;
  const neededMs = wantsCard ? neededForCard(config, past.chartUntilMs, nowMs) : Infinity;
  const isWanted = neededMs < Infinity || (daily !== null && config.chart !== "never");
  const runs = isWanted ? past.charted(...span).filter(({ atMs }) => atMs < nowMs) : [];
  const knownMs = nowMs - (runs[0]?.atMs ?? nowMs);
  const isOnCard = knownMs >= neededMs;
  if (knownMs === 0 || (!isOnCard && daily === null)) return { chart: null, isOnCard: false, daily, turn };
  const all = [...runs, { atMs: nowMs, numbers: numbersOf(measured, isCharted) }];
  return { chart: chartOf({ span, runs: all, incidents: measured.incidents }, config), isOnCard, daily, turn };
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

function tellDay([fromMs, toMs]: Span, past: Remembered, measured: Measured): Daily {
  const { numbers, samples } = past.samples(fromMs, toMs);
  const now = sampleOf({ atMs: toMs, numbers: numbersOf(measured, () => true) });
  const all = [...samples.filter(({ atMs }) => atMs < toMs), now];
  const summaries = numbers.flatMap((number) => summaryOf(number, all, fromMs, toMs) ?? []);
  return { fromMs, toMs, runs: all.length, summaries, incidents: measured.incidents };
}

function numbersOf({ observations }: Measured, isWanted: (key: string) => boolean): ReadonlyMap<string, number> {
  const all = observations.map((one) => [observationKey(one), one.value] as const);
  return new Map(all.filter(([key]) => isWanted(key)));
}
