import { fileURLToPath } from "node:url";
import * as v from "valibot";

import { clock, renderMarkdown, renderPlain } from "./markdown.ts";

const Field = v.object({ name: v.string(), value: v.string(), inline: v.boolean() });
type Field = v.InferOutput<typeof Field>;

const Embed = v.object({
  title: v.optional(v.string(), ""),
  description: v.optional(v.string(), ""),
  color: v.number(),
  fields: v.optional(v.array(Field), []),
  image: v.optional(v.object({ url: v.string() })),
  footer: v.optional(v.object({ text: v.string() })),
  timestamp: v.optional(v.string()),
});
type Embed = v.InferOutput<typeof Embed>;

/** What of a webhook's message is drawn. */
export const Message = v.object({
  username: v.string(),
  content: v.optional(v.string(), ""),
  embeds: v.array(Embed),
});
export type Message = v.InferOutput<typeof Message>;

/** Where it is read: a phone has 360 pixels. */
export type Screen = "desktop" | "phone";
export type Theme = "dark" | "light";

/** Who looks at it, and on what. */
interface Reader {
  readonly screen: Screen;
  readonly theme: Theme;
  readonly language: "en" | "ja";
}

const themes = {
  dark: { page: "#313338", embed: "#2b2d31", text: "#dbdee1" },
  light: { page: "#ffffff", embed: "#f2f3f5", text: "#313338" },
} as const satisfies Record<Theme, object>;

// Discord's themes are not what they were when the components were made, and its pictures are as wide as the embed.
const embedStyle = (theme: Theme) => `
  .discord-embed-wrapper { background: ${themes[theme].embed} !important; border: 0 !important }
  .discord-embed-media, .discord-embed-image { max-width: 100% !important; width: 100%; height: auto !important }
`;
const styleOf = (screen: Screen, theme: Theme) => `
  body { margin: 0; width: ${screen === "phone" ? 360 : 620}px; background: ${themes[theme].page} }
  discord-messages { background: none; border: 0; padding: 2px 0 }
  discord-message { padding-right: ${screen === "phone" ? 12 : 24}px }
  discord-message, discord-embed { color: ${themes[theme].text} }
  discord-embed-fields { grid-template-columns: repeat(12, 1fr) }
  discord-embed-footer { grid-column: 1 }
  discord-code { font-family: "DejaVu Sans Mono", monospace }
`;

/** A webhook without a picture of its own, which our messages do not set, has a plain one. */
const avatar = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path fill="#747f8d" d="M0 0h40v40H0z"/></svg>',
)}`;

/** Groups of what stands side by side: up to three inline fields that follow one another. */
function rowsOf(fields: readonly Field[], screen: Screen): readonly (readonly Field[])[] {
  const rows: Field[][] = [];
  for (const field of fields) {
    const row = rows.at(-1);
    const fits = screen === "desktop" && field.inline && row?.[0]?.inline === true && row.length < 3;
    if (fits) row.push(field);
    else rows.push([field]);
  }
  return rows;
}

/** A footer's time, as Discord itself says it in the language of its reader. */
const today = (ms: number, language: "en" | "ja") => `${language === "ja" ? "今日" : "Today at"} ${clock.format(ms)}`;

function embedHtml(
  { title, description, color, fields, footer, timestamp, image }: Embed,
  { screen, language }: Reader,
  png: Uint8Array,
  nowMs: number,
) {
  const now = timestamp === undefined ? null : Date.parse(timestamp);
  const fieldHtml = ({ name, value }: Field, place: number, row: readonly Field[]) => {
    const width = 12 / row.length;
    const column = `grid-column: ${1 + place * width} / span ${width}`;
    return `<discord-embed-field field-title="${renderPlain(name)}" style="${column}">
      ${renderMarkdown(value, nowMs)}</discord-embed-field>`;
  };
  const source = image === undefined ? "" : ` image="data:image/png;base64,${png.toBase64()}"`;
  const foot = [...(footer === undefined ? [] : [footer.text]), ...(now === null ? [] : [today(now, language)])].join(
    " • ",
  );
  const shown = rowsOf(fields, screen).flatMap((row) => row.map(fieldHtml));
  return `<discord-embed slot="embeds" color="#${color.toString(16).padStart(6, "0")}" embed-title="${renderPlain(title)}"${source}>
    ${description && `<discord-embed-description slot="description">${renderMarkdown(description, nowMs)}</discord-embed-description>`}
    <discord-embed-fields slot="fields">${shown.join("")}</discord-embed-fields>
    ${foot && `<discord-embed-footer slot="footer"><span>${Bun.escapeHTML(foot)}</span></discord-embed-footer>`}
  </discord-embed>`;
}

/** A page that shows a message, with its chart if it has one, as Discord does. */
export async function discordPage(
  { username, content, embeds }: Message,
  reader: Reader,
  chart: Uint8Array,
  nowMs: number,
): Promise<string> {
  const { screen, theme } = reader;
  const entry = fileURLToPath(import.meta.resolve("@skyra/discord-components-core"));
  const { outputs } = await Bun.build({ entrypoints: [entry], target: "browser", minify: true });
  return `<!doctype html><meta charset="utf-8"><style>${styleOf(screen, theme)}</style><body><discord-messages ${theme === "light" ? "light-theme" : ""}>
    <discord-message author="${Bun.escapeHTML(username)}" avatar="${avatar}" bot timestamp="${clock.format(nowMs)}">
      ${renderMarkdown(content, nowMs)}
      ${embeds.map((embed) => embedHtml(embed, reader, chart, nowMs)).join("")}
    </discord-message></discord-messages>
    <script type="module">${await outputs[0]?.text()}
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(${JSON.stringify(embedStyle(theme))});
      for (const { shadowRoot } of document.querySelectorAll("discord-embed")) shadowRoot.adoptedStyleSheets.push(sheet);
    </script>`;
}
