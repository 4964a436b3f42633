import type { Config } from "./config.ts";
import { tokenIn } from "./redact.ts";

/**
 * What no output may show of the settings, wherever it stands. Users, passwords and queries are not among it, because no
 * output shows them of any address.
 */
export function secretsOf({ webhook, alerts, heartbeat, exports }: Config): readonly string[] {
  const webhooks = [webhook, alerts.webhook].flatMap((address) => (address ? tokenIn(address) : []));
  // Every service has its token in the path, some with more behind it.
  const paths = heartbeat === null ? [] : [new URL(heartbeat).pathname];
  const headers = exports.flatMap((target) => Object.values(target.headers));
  const words = headers.flatMap((value) => value.split(" "));
  return [...webhooks, ...paths, ...headers, ...words];
}
