import { isoTime, printable } from "../format.ts";
import type { Announcement } from "../report/explain.ts";
import type { AlsoSeverity } from "../settings/also.ts";
import { looks } from "./discord/message.ts";
import { type Fact, type Line, type Look, tell } from "./told.ts";

/** An alert as plain text, for any other service. */
export interface PlainAlert {
  readonly name: string;
  readonly severity: AlsoSeverity;
  readonly title: string;
  readonly text: string;
}

/** The least of what the services take: characters of a title, and bytes of a text (ntfy). */
const longest = { title: 250, text: 4000 } as const;

const severities: Readonly<Record<Look, AlsoSeverity>> = {
  critical: "critical",
  warning: "warning",
  unknown: "warning",
  muted: "notice",
  well: "recovered",
  notice: "notice",
};

/** The headline and the lines that Discord gets; no sender says here which machine it is. */
export function renderPlainAlert(announcement: Announcement): PlainAlert {
  const { look, headline, lines } = tell(announcement, isoTime);
  const name = tame(announcement.name, longest.title);
  return {
    name,
    severity: severities[look],
    title: tame(`${looks[look].sign} ${announcement.name}: ${headline}`, longest.title),
    text: cut(lines.map((line) => tame(lineText(line), longest.text)).join("\n")),
  };
}

const lineText = ({ lead, facts }: Line) =>
  [lead === undefined ? "" : `${lead.sign} ${lead.text}`, ...facts.map(factText)].filter(Boolean).join(" · ");

const factText = (fact: Fact) =>
  typeof fact === "string" ? fact : [fact.label, fact.command].filter(Boolean).join(": ");

/** As many whole characters as fit. */
function cut(text: string): string {
  const bytes = new TextEncoder().encode(text).subarray(0, longest.text);
  return new TextDecoder().decode(bytes, { stream: true });
}

/** A name from the machine may hold what another service takes for a mention, or for a command of Slack's. */
function tame(text: string, limit: number): string {
  return Array.from(printable(text))
    .slice(0, limit)
    .join("")
    .replace(/@(?=\w)/g, "@\u200B")
    .replace(/<(?=[!@#])/g, "<\u200B");
}
