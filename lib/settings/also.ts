import * as v from "valibot";

import { httpHeaders } from "./exports.ts";
import { type Meanings, oneOf, shortText, webAddress } from "./types.ts";

/** How bad the news of an alert is, for a route that wants only some. */
export const alsoSeverities = ["critical", "warning", "recovered", "notice"] as const;
export type AlsoSeverity = (typeof alsoSeverities)[number];

/** What stands in braces in an address or a body. `id` is the same when a message is sent again. */
const placeholders = ["id", "name", "severity", "priority", "title", "text"] as const;
export type AlsoValues = Readonly<Record<(typeof placeholders)[number], string>>;

const anyPlaceholder = /\{(\w+)\}/g;

/** How a value must be written where it stands. */
export type AlsoForm = "json" | "form" | "text";

/** The form of a body: JSON by its first letter, or what the header says. */
export function formOf(body: string, headers: Readonly<Record<string, string>>): AlsoForm {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (/json/i.test(type) || /^\s*[{[](?!\w+\})/.test(body)) return "json";
  return /x-www-form-urlencoded/i.test(type) ? "form" : "text";
}

/** The template with its values. */
export function fill(template: string, values: AlsoValues, form: AlsoForm): string {
  const known: Readonly<Record<string, string>> = values;
  return template.replace(anyPlaceholder, (whole, name: string) => {
    const value = known[name];
    if (value === undefined) return whole;
    if (form === "text") return value;
    return form === "form" ? encodeURIComponent(value) : JSON.stringify(value).slice(1, -1);
  });
}

const sample: AlsoValues = { id: "1", name: '"', severity: "notice", priority: "3", title: "\\", text: "\n" };

const hasKnownNames = (text: string) =>
  Array.from(text.matchAll(anyPlaceholder), ([, name = ""]) => name).every((name) => name in sample);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const bodyExpected = "a text of at most 4000 characters";
const namesExpected = "only {id}, {name}, {severity}, {priority}, {title} and {text} in braces";

/** The entries of an `[[alerts.also]]` table. */
export const alsoTable = {
  url: v.pipe(webAddress(), v.check(hasKnownNames, namesExpected)),
  name: v.optional(shortText(40, "a name")),
  method: v.optional(oneOf(["POST", "PUT"]), "POST"),
  headers: httpHeaders,
  body: v.optional(
    v.pipe(v.string(bodyExpected), v.maxLength(4000, bodyExpected), v.check(hasKnownNames, namesExpected)),
    "{title}\n{text}",
  ),
  severities: v.optional(v.array(oneOf(alsoSeverities), "a list of severities"), [...alsoSeverities]),
};

/** What the entries of an `[[alerts.also]]` table do. */
export const alsoMeanings: Meanings<typeof alsoTable> = {
  url: { meaning: "where each alert goes besides; a secret", default: "must be set" },
  name: { meaning: "what to call it", default: "its host" },
  method: { meaning: "how it is sent" },
  headers: { meaning: "HTTP headers that go with the request; secrets" },
  body: { meaning: "what is sent, with `{id} {name} {severity} {priority} {title} {text}`; a secret" },
  severities: { meaning: "the news that goes there" },
};

const entry = v.pipe(
  v.strictObject(alsoTable, ({ input }) => (input === undefined ? "it to be set" : "[[alerts.also]] tables")),
  v.check(
    ({ body, headers }) => formOf(body, headers) !== "json" || isJson(fill(body, sample, "json")),
    "JSON in the body, with {title} and the like inside of quotes",
  ),
);

/** Another route for alerts. Its address, headers and body are secrets. */
export type AlsoRoute = v.InferOutput<typeof entry>;

/** What a person calls a route. */
export const nameOfRoute = ({ name, url }: Pick<AlsoRoute, "name" | "url">): string => name ?? new URL(url).host;

/** The routes, each with a name of its own. */
export const alsoEntries = v.pipe(
  v.array(entry, "[[alerts.also]] tables"),
  v.check(
    (all) => new Set(["discord"].concat(all.map(nameOfRoute))).size === all.length + 1,
    "a name of its own for each, where the hosts do not differ",
  ),
);

/** What of the routes no output may show. */
export function secretsOfRoutes(routes: readonly Pick<AlsoRoute, "body" | "headers" | "url">[]): readonly string[] {
  const wholes = routes.flatMap(({ headers }) => Object.values(headers));
  const texts = routes.flatMap(({ url, body }) => [...new URL(url).pathname.split("/"), ...body.split(/[^\w.~+/=-]+/)]);
  return [...wholes, ...wholes.flatMap((value) => value.split(" ")), ...texts];
}
