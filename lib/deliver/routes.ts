import type { Announcement } from "../report/explain.ts";
import type { AlsoRoute } from "../settings/alsoTable.ts";
import type { RoutedAlert } from "../state/routes.ts";
import type { State } from "../state/state.ts";
import type { FlushResult } from "./flushed.ts";
import type { DeliveryWorld } from "./request.ts";

/** The other routes for alerts. */
export interface Routes {
  readonly routed: (announcement: Announcement) => readonly RoutedAlert[];
  /** Delivers what waits for them; null where there are none. */
  readonly flush: (world: DeliveryWorld, state: State) => Promise<FlushResult | null>;
}

/** The routes of the settings. Their code is loaded only where there are some. */
export async function openRoutes(routes: readonly AlsoRoute[] = []): Promise<Routes> {
  const [first, ...rest] = routes;
  if (first === undefined) return { routed: () => [], flush: async () => null };
  const { flushAlso, routedAlerts } = await import("./also.ts");
  return {
    routed: (announcement) => routedAlerts(announcement, [first, ...rest]),
    flush: (world, state) => flushAlso(world, state, [first, ...rest]),
  };
}
