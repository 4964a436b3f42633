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

/** All rows of what the machine has: what is worth a look, the worst first, and the rest in the order of the metrics. */
export function rankedRows(report: Report): Pick<CardRows, "marked" | "well"> {
  const all = report.sections.flatMap(({ rows }) => rows.filter(({ absent }) => absent !== true));
  const marked = [...all, ...rowless(report)]
    .filter((row) => markOf(row) !== null)
    .toSorted((one, other) => order.indexOf(markOf(one)) - order.indexOf(markOf(other)));
  return { marked, well: all.filter((row) => markOf(row) === null) };
}

/** Chooses the rows of a card. */
export function cardRows(report: Report): CardRows {
  const [marked, chosen, rest]: [ReportRow[], ReportRow[], ReportRow[]] = [[], [], []];
  // Loops: this is in every report, and each function that runs costs something.
  for (const { rows } of report.sections) {
    for (const row of rows) {
      if (row.absent === true) continue;
      if (markOf(row) !== null) marked.push(row);
      else (row.importance === "core" ? chosen : rest).push(row);
    }
  }
  if (report.rowless.length > 0) marked.push(...rowless(report));
  marked.sort((one, other) => order.indexOf(markOf(one)) - order.indexOf(markOf(other)));
  chosen.sort((one, other) => placeOf(one) - placeOf(other));
  const worth: ReportRow[] = [];
  let hasDisk = false;
  for (const row of chosen) {
    const isWorth = row.metric !== "storage" || !hasDisk || row.trends === rootKey || fullness(row) >= worthALine;
    (isWorth ? worth : rest).push(row);
    hasDisk ||= row.metric === "storage";
  }
  const first = marked.slice(0, most.marked);
  const second = worth.slice(0, most.rows - first.length);
  const left = marked.length - first.length + worth.length - second.length;
  return { marked: first, well: second, others: rest.length === 0 ? [] : countOthers(rest, report), left };
}

/** In the order of a card; of disks the fullest first. */
const placeOf = (row: ReportRow) =>
  (core.includes(row.metric) ? core.indexOf(row.metric) : core.length) -
  (row.metric === "storage" ? fullness(row) / 101 : 0);

/** What has no number could not be asked. */
const fullness = ({ percent }: ReportRow) => percent ?? 100;

const rootKey = observationKey<ObservationName>({ name: "storage_used_percent", labels: { mount: "/" } });

/** `2 disks (at most 13 %)`, `3 services` */
function countOthers(rest: readonly ReportRow[], { words }: Report): readonly string[] {
  let [disks, services, checks] = [0, 0, 0];
  let fullest: ReportRow | null = null;
  for (const row of rest) {
    if (row.metric === "services") services += 1;
    if (row.metric === "httpChecks" || row.metric === "tcpChecks") checks += 1;
    if (row.metric !== "storage") continue;
    disks += 1;
    if (fullest === null || fullness(row) > fullness(fullest)) fullest = row;
  }
  const { count, card } = words;
  return [
    ...(disks === 0 ? [] : [card.disks(disks, fullest?.lines[0] ?? null)]),
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
