import type { MetricName, ObservationName } from "../metrics/index.ts";
import { observationKey } from "../model/observation.ts";
import { summarizeNow } from "../alerts/text.ts";
import type { Report, ReportRow } from "./report.ts";
import { type Mark, markOf } from "./shortRow.ts";

/** What has a place on a card, and a word for all the rest. */
export interface CardRows {
  /** What is worth a look, the worst first. */
  readonly marked: readonly ReportRow[];
  /** The core numbers: CPU, memory, the disks, load, and what the owner asked for. */
  readonly well: readonly ReportRow[];
  /** What is well, too, counted: disks, services, checks. */
  readonly others: readonly string[];
  /** Rows that are worth a place and have none. */
  readonly left: number;
}

/** Rows of a card, and those of them that are worth a look: there is always room for the core numbers. */
const most = { rows: 12, marked: 8 } as const;

const order: readonly (Mark | null)[] = ["critical", "warning", "unknown", "notice", "muted"];
const core: readonly (MetricName | null)[] = ["cpu", "memory", "storage", "load"];

/** A disk below it is not worth a line of its own, but for the root and the fullest one. */
const worthALine = 50;

/** Chooses the rows of a card. */
export function cardRows(report: Report): CardRows {
  const all = report.sections.flatMap(({ rows }) => rows.filter(({ absent }) => absent !== true));
  const marked = [...all, ...rowless(report)]
    .filter((row) => markOf(row) !== null)
    .toSorted((one, other) => order.indexOf(markOf(one)) - order.indexOf(markOf(other)));
  const well = all.filter((row) => markOf(row) === null);
  const placeOf = ({ metric }: ReportRow) => (core.includes(metric) ? core.indexOf(metric) : core.length);
  const chosen = well
    .filter((row) => row.importance === "core")
    .toSorted((one, other) => placeOf(one) - placeOf(other) || fullness(other) - fullness(one));
  const fullest = chosen.find(({ metric }) => metric === "storage");
  const worth = chosen.filter(
    (row) => row.metric !== "storage" || row === fullest || isRoot(row) || fullness(row) >= worthALine,
  );
  const first = marked.slice(0, most.marked);
  const second = worth.slice(0, most.rows - first.length);
  const isRest = (row: ReportRow) => !worth.includes(row);
  return {
    marked: first,
    well: second,
    others: countOthers(well.filter(isRest), report),
    left: marked.length - first.length + worth.length - second.length,
  };
}

/** What has no number could not be asked. */
const fullness = ({ metric, percent }: ReportRow) => (metric === "storage" ? (percent ?? 100) : 0);

const rootKey = observationKey<ObservationName>({ name: "storage_used_percent", labels: { mount: "/" } });
const isRoot = ({ trends }: ReportRow) => trends === rootKey;

/** `2 disks (at most 13 %)`, `3 services` */
function countOthers(rest: readonly ReportRow[], { words }: Report): readonly string[] {
  const of = (...names: readonly (MetricName | null)[]) => rest.filter(({ metric }) => names.includes(metric));
  const { count, card } = words;
  const disks = of("storage").toSorted((one, other) => fullness(other) - fullness(one));
  const [services, checks] = [of("services").length, of("httpChecks", "tcpChecks").length];
  return [
    ...(disks.length === 0 ? [] : [card.disks(disks.length, disks[0]?.lines[0] ?? null)]),
    ...(services === 0 ? [] : [count.services(services)]),
    ...(checks === 0 ? [] : [count.checks(checks)]),
  ];
}

/** A row for each alert that has none. */
function rowless({ rowless: alerts, snapshot, words }: Report): readonly ReportRow[] {
  return alerts.map((alert) => ({
    label: words.alert.headline.begin(summarizeNow(alert, snapshot.takenAtMs, words), Object.values(alert.labels)),
    lines: [],
    importance: "notable",
    about: [],
    severity: alert.mute === undefined ? alert.severity : null,
    trend: null,
    alerts: alert.mute === undefined ? [] : [alert],
    isUnread: false,
    metric: null,
  }));
}
