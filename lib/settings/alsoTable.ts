import * as v from "valibot";

import { alsoSeverities, type AlsoValues, anyPlaceholder, fill, formOf, nameOfRoute } from "./also.ts";
import { httpHeaders } from "./exportTable.ts";
import { type Meanings, oneOf, shortText, webAddress } from "./types.ts";

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

/** The routes. Their names must differ. */
export const alsoEntries = v.pipe(
  v.array(entry, "[[alerts.also]] tables"),
  v.check(
    (all) => new Set(["discord"].concat(all.map(nameOfRoute))).size === all.length + 1,
    "a name of its own for each, where the hosts do not differ",
  ),
);
