const token = /\\([^\w\s])|`([^`]+)`|\*\*(.+?)\*\*|<t:(\d+)(?::(\w))?>|(?:^|\n)-# (.*)|\n/g;

/** What Discord makes of text without leave to use more than escapes, as HTML. */
export const renderPlain = (text: string): string => Bun.escapeHTML(text.replace(/\\([^\w\s])/g, "$1"));

/**
 * What Discord makes of the markdown that our messages use, as HTML: escapes, code, bold, times, small lines and line breaks. A time
 * is told as it is read at `now`, in milliseconds.
 */
export function renderMarkdown(text: string, now: number): string {
  let html = "";
  let end = 0;
  for (const match of text.matchAll(token)) {
    html += Bun.escapeHTML(text.slice(end, match.index)) + renderToken(match, now);
    end = match.index + match[0].length;
  }
  return html + Bun.escapeHTML(text.slice(end));
}

function renderToken([, escaped, code, bold, time, style, small]: RegExpExecArray, now: number): string {
  if (escaped !== undefined) return Bun.escapeHTML(escaped);
  if (code !== undefined) return `<discord-code>${Bun.escapeHTML(code)}</discord-code>`;
  if (bold !== undefined) return `<strong>${renderMarkdown(bold, now)}</strong>`;
  if (small !== undefined) return `<discord-subscript>${renderMarkdown(small, now)}</discord-subscript>`;
  if (time === undefined) return "<br>";
  const ms = Number(time) * 1000;
  return `<discord-time>${style === "t" ? clock.format(ms) : relative(ms - now)}</discord-time>`;
}

/** Where the reader of the pictures lives: all times are of there, and the machine's, too. */
export const timeZone = "Asia/Tokyo";

/** The time of day as Discord tells it to that reader. */
export const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone });

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

function relative(ms: number): string {
  const [unit, size] = units.find((one) => Math.abs(ms) >= one[1]) ?? units[3];
  return new Intl.RelativeTimeFormat("en").format(Math.round(ms / size), unit);
}
