/** How bad the news of an alert is, for a route that wants only some. */
export const alsoSeverities = ["critical", "warning", "recovered", "notice"] as const;
export type AlsoSeverity = (typeof alsoSeverities)[number];

/** What stands in braces in an address or a body. `id` is the same when a message is sent again. */
const placeholders = ["id", "name", "severity", "priority", "title", "text"] as const;
export type AlsoValues = Readonly<Record<(typeof placeholders)[number], string>>;

export const anyPlaceholder = /\{(\w+)\}/g;

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

/** What a person calls a route. */
export const nameOfRoute = ({ name, url }: { readonly name?: string | undefined; readonly url: string }): string =>
  name ?? new URL(url).host;

interface Secretive {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What of the routes no output may show. */
export function secretsOfRoutes(routes: readonly Secretive[]): readonly string[] {
  const wholes = routes.flatMap(({ headers }) => Object.values(headers));
  const texts = routes.flatMap(({ url, body }) => [...new URL(url).pathname.split("/"), ...body.split(/[^\w.~+/=-]+/)]);
  return [...wholes, ...wholes.flatMap((value) => value.split(" ")), ...texts];
}
