import { eventDetails, eventNews, headline, sentence } from "../alerts/text.ts";
import { isoTime, printable } from "../format.ts";
import type { Announcement } from "../report/explain.ts";
import type { AlsoSeverity } from "../settings/also.ts";

/** An alert as plain text, for any other service. */
export interface PlainAlert {
  readonly name: string;
  readonly severity: AlsoSeverity;
  readonly title: string;
  readonly text: string;
}

const headlinesShown = 4;
/** The least of what the services take. */
const longest = { title: 250, text: 2000 } as const;

/** All that changed in a run, the worst first. */
export function renderPlainAlert(announcement: Announcement): PlainAlert {
  const { name, transitions, events, reasons, words, isFoundByUpdate = false } = announcement;
  const title = isFoundByUpdate ? words.alert.titleOfUpdate : words.alert.title;
  const news = [
    ...transitions.map((one) => ({
      severity: one.to ?? ("recovered" as const),
      headline: headline(one, words),
      line: sentence(one, words),
    })),
    ...events.map((one) => {
      const told = eventNews(one, words);
      const line = [told, eventDetails(one, words, isoTime).join("; ")].filter(Boolean).join(": ");
      return { severity: one.severity, headline: told, line };
    }),
  ].toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  const shown = news.slice(0, headlinesShown).map((one) => one.headline);
  return {
    name: tame(name, longest.title),
    severity: news[0]?.severity ?? "notice",
    title: tame(title(name, shown, news.length - shown.length), longest.title),
    text: [...news.map(({ line }) => line), ...reasons]
      .map((line) => tame(line, longest.text))
      .join("\n")
      .slice(0, longest.text),
  };
}

const order: readonly AlsoSeverity[] = ["critical", "warning", "recovered", "notice"];

/** A name from the machine may hold what another service takes for a mention, or for a command of Slack's. */
function tame(text: string, limit: number): string {
  return Array.from(printable(text))
    .slice(0, limit)
    .join("")
    .replace(/@(?=\w)/g, "@\u200B")
    .replace(/<(?=[!@#])/g, "<\u200B");
}
