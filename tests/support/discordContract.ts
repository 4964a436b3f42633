import * as v from "valibot";

/*
 * What Discord accepts as the body of an executed webhook: `IncomingWebhookRequestPartial` of its OpenAPI description
 * (https://github.com/discord/discord-api-spec, API v10), and the rules that are only in its documentation: the sum of
 * 6000, the names a webhook may not take, and what contradicts itself in allowed_mentions. Unknown keys are refused,
 * which Discord does not do, so that a misspelt one is found.
 */

const codePoints = (text: string) => [...text.trim()].length;

const text = (most: number) =>
  v.pipe(
    v.string(),
    v.check((value) => codePoints(value) <= most, `BASE_TYPE_MAX_LENGTH: Must be ${most} or fewer in length.`),
  );
const filledText = (most: number) =>
  v.pipe(
    text(most),
    v.check((value) => codePoints(value) > 0, "BASE_TYPE_REQUIRED: This field is required"),
  );
const list = <const S extends v.GenericSchema>(item: S, most: number) =>
  v.pipe(v.array(item), v.maxLength(most, `BASE_TYPE_MAX_LENGTH: Must be ${most} or fewer in length.`));
const unique = <T>(items: readonly T[]) => new Set(items).size === items.length;
const link = v.pipe(v.string(), v.url("URL_TYPE_INVALID_URL: Not a well formed URL."), v.maxLength(2048));
const snowflake = v.pipe(v.string(), v.regex(/^\d{1,20}$/, "NUMBER_TYPE_COERCE: Value is not snowflake."));
const snowflakes = v.pipe(list(snowflake, 100), v.check(unique, "SET_TYPE_ALREADY_CONTAINS_VALUE: Not unique."));

const Field = v.strictObject({ name: filledText(256), value: filledText(1024), inline: v.nullish(v.boolean()) });
const Image = v.strictObject({ url: v.nullish(link) });
const Embed = v.strictObject({
  title: v.nullish(text(256)),
  description: v.nullish(text(4096)),
  url: v.nullish(link),
  color: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffff))),
  timestamp: v.nullish(v.pipe(v.string(), v.isoTimestamp("DATE_TIME_TYPE_PARSE: Could not parse."))),
  author: v.nullish(v.strictObject({ name: filledText(256), url: v.nullish(link), icon_url: v.nullish(link) })),
  footer: v.nullish(v.strictObject({ text: filledText(2048), icon_url: v.nullish(link) })),
  image: v.nullish(Image),
  thumbnail: v.nullish(Image),
  fields: v.nullish(list(Field, 25)),
});
type Embed = v.InferOutput<typeof Embed>;

const embedsTogether = (embeds: readonly Embed[]) =>
  embeds
    .flatMap(({ title, description, author, footer, fields }) => {
      const inFields = (fields ?? []).flatMap(({ name, value }) => [name, value]);
      return [title, description, author?.name, footer?.text, ...inFields];
    })
    .reduce((sum, part) => sum + codePoints(part ?? ""), 0);

const AllowedMentions = v.pipe(
  v.strictObject({
    parse: v.nullish(
      v.pipe(list(v.picklist(["users", "roles", "everyone"]), 3), v.check(unique, "SET_TYPE: Not unique.")),
    ),
    users: v.nullish(snowflakes),
    roles: v.nullish(snowflakes),
    replied_user: v.nullish(v.boolean()),
  }),
  v.check(
    ({ parse, users, roles }) =>
      !(parse?.includes("users") && users?.length) && !(parse?.includes("roles") && roles?.length),
    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE: parse and a list exclude each other.",
  ),
);

const Username = v.pipe(
  filledText(80),
  v.check((name) => !/discord|clyde/i.test(name), "USERNAME_INVALID_CONTAINS: Username cannot contain this."),
  v.check((name) => !/^\s*(everyone|here)\s*$/i.test(name), "USERNAME_INVALID: Username cannot be this."),
);

const Attachment = v.strictObject({
  /** Of a file that comes along its number; of one that is there its own id. */
  id: v.union([v.number(), v.string()]),
  filename: v.nullish(v.pipe(v.string(), v.regex(/^[\w.-]+$/))),
  description: v.nullish(text(1024)),
});

const WebhookBody = v.pipe(
  v.strictObject({
    content: v.nullish(text(2000)),
    username: v.nullish(Username),
    avatar_url: v.nullish(link),
    tts: v.nullish(v.boolean()),
    flags: v.nullish(v.pipe(v.number(), v.integer())),
    embeds: v.nullish(
      v.pipe(
        list(Embed, 10),
        v.check((embeds) => embedsTogether(embeds) <= 6000, "MAX_EMBED_SIZE_EXCEEDED: Embed size exceeds 6000."),
      ),
    ),
    allowed_mentions: v.nullish(AllowedMentions),
    attachments: v.nullish(list(Attachment, 10)),
  }),
  v.check(
    ({ content, embeds }) => codePoints(content ?? "") > 0 || !!embeds?.length,
    "EMPTY: Cannot send an empty message",
  ),
);

/** A node of the tree in which Discord says what is wrong where. */
export interface ErrorTree {
  _errors?: { code: string; message: string }[];
  [key: string]: ErrorTree | { code: string; message: string }[] | undefined;
}

/** Discord's answer to a body that breaks its rules, as the `errors` of code 50035; undefined when it breaks none. */
export function violations(body: unknown): ErrorTree | undefined {
  const result = v.safeParse(WebhookBody, body);
  if (result.success) return undefined;
  const tree: ErrorTree = {};
  for (const issue of result.issues) {
    let node = tree;
    for (const { key } of issue.path ?? []) node = (node[String(key)] ??= {}) as ErrorTree;
    const [, code = "BASE_TYPE_INVALID", message = issue.message] = /^([A-Z_]+): (.*)$/.exec(issue.message) ?? [];
    (node._errors ??= []).push({ code, message });
  }
  return tree;
}
