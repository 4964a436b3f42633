import { secretsOfRoutes } from "./also.ts";
import type { Config } from "./config.ts";

/**
 * What no output may show of the settings, wherever it stands. Users, passwords and queries are not among it, because no
 * output shows them of any address.
 */
export function secretsOf({ webhook, alerts, heartbeat, exports, probes }: Config): readonly string[] {
  const webhooks = [webhook, alerts.webhook].flatMap((address) => (address ? tokenIn(address) : []));
  // Every service has its token in the path, some with more behind it.
  const paths = heartbeat === null ? [] : [new URL(heartbeat).pathname];
  const headers = exports.flatMap((target) => Object.values(target.headers));
  const words = headers.flatMap((value) => value.split(" "));
  const pages = probes.flatMap(({ source }) => (source.kind === "url" ? [{ ...source, body: source.body ?? "" }] : []));
  return [...webhooks, ...paths, ...headers, ...words, ...secretsOfRoutes([...(alerts.also ?? []), ...pages])];
}

/**
 * Takes what is secret out of a text: of every address the user, the password and the query, of a webhook's whatever
 * stands where it has its token, also where the slashes are escaped, and the given secrets wherever they stand.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const bare = secrets.reduce((rest, one) => (one.length < shortest ? rest : rest.replaceAll(one, hidden)), text);
  return bare.replace(anyWebhook, `$1${hidden}`).replace(anyUser, `$1${hidden}@`).replace(anyQuery, `$1${hidden}`);
}

/** The token of a webhook's address; none where there is none. */
export function tokenIn(address: string): readonly string[] {
  return /webhooks\/\d+\/([\w.~-]+)/.exec(address)?.slice(1) ?? [];
}

const hidden = "[secret]";

/** A shorter one could be a word of ours, and Discord's have 68 characters. */
const shortest = 16;

const anyWebhook = /(webhooks(?:%2f|\\*\/)\d+(?:%2f|\\*\/))[^\s"'?&()[\]{}]+/gi;
const anyUser = /(:\\*\/\\*\/)[^\s"'/?#@\\]+@/g;
const anyQuery = /(:\\*\/\\*\/[^\s"'?#]*\?)[^\s"'#]+/g;
