import * as v from "valibot";

import { errorCode, networkFaultOf, sayNetworkFault } from "../errors.ts";
import { renderPlainAlert } from "../render/plainAlert.ts";
import type { Announcement } from "../report/explain.ts";
import { type AlsoSeverity, alsoSeverities, fill, formOf, nameOfRoute } from "../settings/also.ts";
import type { AlsoRoute } from "../settings/alsoTable.ts";
import { deliveryId, type OutboxRow } from "../state/outbox.ts";
import type { RoutedAlert } from "../state/routes.ts";
import type { State } from "../state/state.ts";
import type { Words } from "../words/en.ts";
import { both, type FlushResult } from "./flushed.ts";
import { flush, type Route } from "./outbox.ts";
import type { Outcome } from "./outcome.ts";
import { type DeliveryWorld, readAnswer, strictly } from "./request.ts";
import { deliver, waitInHeaders } from "./retry.ts";

/** The alert as it waits for each route that wants it. */
export function routedAlerts(announcement: Announcement, routes: readonly AlsoRoute[]): readonly RoutedAlert[] {
  const body = renderPlainAlert(announcement);
  return routes
    .filter(({ severities }) => severities.includes(body.severity))
    .map((route) => ({ route: nameOfRoute(route), body }));
}

/** Delivers what waits for the other routes, all at once: none waits for another, nor for Discord. */
export async function flushAlso(
  world: DeliveryWorld,
  { database }: State,
  routes: readonly [AlsoRoute, ...AlsoRoute[]],
): Promise<FlushResult> {
  const deps = { ...world, clock: world.machine.clock };
  const flushed = routes.map((route) => flush(database, alsoRoute(world, route), deps));
  const [first, ...rest] = await Promise.all(flushed);
  if (first === undefined) throw new Error("no route");
  return rest.reduce(both, first);
}

function alsoRoute(world: DeliveryWorld, route: AlsoRoute): Route {
  const name = nameOfRoute(route);
  return {
    queue: { route: name },
    address: `${name} ${route.url}`,
    deliver: (row, more) => {
      const request = (isRepeat: boolean) => ({ row, isRepeat });
      const message = { request: request(false), repeat: request(true), perhapsDelivered: row.ambiguous === 1 };
      return deliver(message, (one) => send(one, route, world), more);
    },
    lesserForm: () => null,
    onDelivered: () => undefined,
    onUneditable: () => undefined,
  };
}

const timeoutMs = 10_000;

/** The priorities of ntfy, from 1 to 5. */
const priorities: Readonly<Record<AlsoSeverity, string>> = { critical: "5", warning: "4", recovered: "3", notice: "3" };

const alertBody = v.object({
  name: v.string(),
  severity: v.picklist(alsoSeverities),
  title: v.string(),
  text: v.string(),
});

function valuesOf({ row, isRepeat }: Attempt, { card }: Words) {
  const { text, ...alert } = v.parse(alertBody, JSON.parse(row.body));
  const id = deliveryId(row).slice(1) + String(row.created_at);
  const marked = isRepeat ? `${text}\n(${card.repeat})` : text;
  return { ...alert, text: marked, id, priority: priorities[alert.severity] };
}

interface Attempt {
  readonly row: OutboxRow;
  /** An earlier one may have arrived. */
  readonly isRepeat: boolean;
}

async function send(attempt: Attempt, route: AlsoRoute, { fetch, machine, version, words, signal }: DeliveryWorld) {
  const values = valuesOf(attempt, words);
  const form = formOf(route.body, route.headers);
  const type = form === "json" ? "application/json" : "text/plain; charset=utf-8";
  const deadline = AbortSignal.timeout(timeoutMs);
  const name = nameOfRoute(route);
  try {
    const response = await fetch(fill(route.url, values, "form"), {
      method: route.method,
      headers: { "User-Agent": `server-metrics/${version}`, "Content-Type": type, ...route.headers },
      body: fill(route.body, values, form),
      ...strictly,
      signal: AbortSignal.any([deadline, signal]),
    });
    const { status, headers } = await readAnswer(response);
    return outcomeOfStatus(name, status, attempt.row.attempts, waitInHeaders(headers, machine.clock.now()));
  } catch (error) {
    const reason = deadline.aborted ? `no answer within ${timeoutMs / 1000} s` : sayNetworkFault(error);
    const fault = networkFaultOf(errorCode(error));
    const ambiguous = fault === null || fault === "closed" || fault === "timedOut" || fault === "notHttp";
    return { kind: "retry", reason: `${name}: ${reason}`, ambiguous } as const;
  }
}

/**
 * Whether a route can be reached, without an alert: the head of the host's first page, which no service takes anything from.
 * Null when it can, otherwise why not, in a clause without any part of the address. Never throws.
 */
export async function probeRoute(
  { url }: AlsoRoute,
  { fetch, version, signal }: Pick<DeliveryWorld, "fetch" | "version" | "signal">,
): Promise<string | null> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(new URL(url).origin, {
      method: "HEAD",
      headers: { "User-Agent": `server-metrics/${version}` },
      ...strictly,
      signal: AbortSignal.any([deadline, signal]),
    });
    await response.body?.cancel();
    return null;
  } catch (error) {
    return deadline.aborted ? `no answer within ${timeoutMs / 1000} s` : sayNetworkFault(error);
  }
}

/** Tries after which a message that is found bad is given up; the first may be the fault of a setting. */
const triesOfABadOne = 3;

/** Maps an answer's status to an outcome. Services differ, so only a bad request is given up. */
export function outcomeOfStatus(name: string, status: number, attempts: number, afterMs: number | undefined): Outcome {
  const reason = `${name}: answered ${status}`;
  const after = afterMs === undefined ? {} : { afterMs };
  if (status >= 200 && status < 300) return { kind: "delivered", messageId: String(status) };
  if (status >= 500) return { kind: "retry", reason, ...after, ambiguous: status !== 502 && status !== 503 };
  if (status === 429 || status < 400) return { kind: "retry", reason, ...after, ambiguous: false };
  const isBad = [400, 413, 422].includes(status) && attempts >= triesOfABadOne;
  return isBad ? { kind: "rejected", reason, part: "body" } : { kind: "deferred", reason, ...after };
}
