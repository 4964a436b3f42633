import type { Alert } from "../alerts/alert.ts";
import { summarizeNow } from "../alerts/text.ts";
import { clipColumns, columnsOf, printable } from "../format.ts";
import type { Report } from "./report.ts";

/** Columns of a headline without its sign. */
const longest = 57;

/** The first line of a report. */
export interface Headline {
  readonly look: "critical" | "warning" | "unknown" | "notice" | "well";
  readonly text: string;
}

/** The verdict in a word, and what is worst. A machine without alerts is well only where nothing else is worth a word. */
export function headlineOf({ verdict, headline, alerts, sections, snapshot, words }: Report): Headline {
  const { card, alert } = { card: words.card, alert: words.alert.headline };
  if (verdict === "ok" && headline === words.report.verdict.ok) return { look: "well", text: card.verdict.ok } as const;
  const title = (word: "critical" | "warning" | "unknown", what: string, others = "") => {
    const begin = card.title(card.verdict[word], "");
    return { look: word, text: begin + clipColumns(what, longest - columnsOf(begin + others)) + others } as const;
  };
  if (verdict === "unknown") return title("unknown", headline);
  if (verdict !== "ok") {
    const heard = alerts.filter(({ mute }) => mute === undefined);
    const of = (severity: Alert["severity"]) => heard.filter((one) => one.severity === severity);
    const [critical, warnings] = [of("critical"), of("warning")];
    const [worst] = [...critical, ...warnings];
    const what = worst === undefined ? "" : summarizeNow(worst, snapshot.takenAtMs, words);
    const more = (all: readonly Alert[]) => all.filter((one) => one !== worst).length;
    return title(verdict, what, alert.others(more(critical), more(warnings), 0, 0));
  }
  const unread = sections.flatMap(({ rows }) => rows.filter((row) => row.isUnread)).map(({ label }) => label);
  if (unread.length > 0) return title("unknown", words.some(unread));
  return { look: "notice", text: clipColumns(alert.begin(headline, []), longest) } as const;
}

/** `Ubuntu 24.04 · up 23 d`, as far as it is known. */
export function systemOf({ snapshot, words }: Report): string {
  const { host } = snapshot.readings;
  if (host.status !== "ok") return words.report.program;
  const { os, uptimeSeconds } = host.value;
  // `Debian GNU/Linux 13 (trixie)` is Debian 13, and `Ubuntu 24.04.3 LTS` is Ubuntu 24.04.
  const [, name = os, version] = /^(.+?)(?: GNU\/Linux| Linux)?(?: release)? v?(\d+(?:\.\d+)?)/.exec(os ?? "") ?? [];
  const system = printable(version === undefined ? (name ?? "") : `${name} ${version}`);
  const up = uptimeSeconds === null ? "" : words.card.up(uptimeSeconds);
  if (system === "" || up === "") return system + up || words.report.program;
  return `${system} · ${up}`;
}
