import type { Alert } from "../alerts/alert.ts";
import { everything } from "../alerts/mutes.ts";
import { rules } from "../alerts/rules.ts";
import { formatValue, summarizeNow } from "../alerts/text.ts";
import type { Rule, Severity } from "../model/rule.ts";
import { remarkText, type Remark } from "../past/trend.ts";
import type { RuleWords } from "../words/en/rules.ts";
import type { Report, ReportRow } from "./report.ts";

/** Why a row is worth a look: what is wrong, could not be read, is news without a rule, or is muted. The worst first. */
export type Mark = Severity | "unknown" | "notice" | "muted";

/** The mark of a row; null for one that is well. */
export function markOf({ severity, isUnread, alerts, importance }: ReportRow): Mark | null {
  if (severity !== null) return severity;
  if (isUnread) return "unknown";
  if (alerts.length > 0) return "muted";
  return importance === "notable" ? "notice" : null;
}

/** A row in one line. */
export interface ShortRow {
  /** At most five characters as a rule; null for a row that has no number. */
  readonly number: string | null;
  readonly remark: string;
}

/** How a medium writes a time, and text that may come from the machine. */
export interface Medium {
  readonly time: (ms: number, withDate: boolean) => string;
  readonly plain: (text: string) => string;
}

/** A number in a narrow column: `99.0%`, where `99.0 %` would be wider than all others. */
export const narrow = (number: string): string => (number.length > 5 ? number.replace(/ (?=%|°C$)/, "") : number);

/** The number of a row and the one remark that is worth the line. */
export function shorten(row: ReportRow, report: Report, { time, plain }: Medium): ShortRow {
  const { words, format, snapshot } = report;
  const { trend, alerts, lines } = row;
  const number = row.number ?? (row.percent === undefined ? null : (lines[0] ?? null));
  const [alert] = alerts;
  if (alert?.mute !== undefined) {
    const { untilMs, why, target } = alert.mute;
    const until = words.mute.until(untilMs === null ? null : time(untilMs, true));
    return { number, remark: why === null || target === everything ? until : `${until} (${plain(why)})` };
  }
  const say = (kind: Remark["kind"]) => {
    const found = trend?.remarks.find((remark) => remark.kind === kind);
    return trend === null || found === undefined
      ? []
      : [remarkText(trend.key, found, words, format, (ms) => time(ms, false))];
  };
  const fullIn = say("fullIn");
  if (alert !== undefined && !isTold(alert, number, fullIn.length > 0, report)) {
    const said = lines.find((line) => line !== number && line.includes(valueOf(alert, report)));
    const isNow = !alert.easing && alert.lastSeenMs === null;
    const forms: RuleWords = words.rules[alert.rule];
    const short = said ?? forms.row?.(valueOf(alert, report));
    const remark = isNow && short !== undefined ? short : summarizeNow(alert, snapshot.takenAtMs, words);
    return { number, remark: plain(remark) };
  }
  const other = lines.find((line) => line !== number) ?? "";
  const own = row.remark === undefined ? [...say("peak"), plain(other)].slice(0, 1) : [plain(row.remark)];
  return { number, remark: words.list([...own, ...fullIn].filter((text) => text !== "")) };
}

const valueOf = ({ rule, labels, value }: Alert, { words }: Report) => formatValue(value, rule, labels, words);

/** Whether a row without words of its own for an alert says it: by its state, its number, or its forecast. */
function isTold(alert: Alert, number: string | null, hasForecast: boolean, report: Report): boolean {
  if (alert.easing || alert.lastSeenMs !== null) return false;
  const { notation, isForecast = false }: Rule = rules[alert.rule];
  return notation === "state" || (isForecast && hasForecast) || valueOf(alert, report) === number;
}
