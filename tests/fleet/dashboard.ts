import * as v from "valibot";

import { dashboard as shipped } from "../../lib/export/dashboard.ts";

const place = v.strictObject({ x: v.number(), y: v.number(), w: v.number(), h: v.number() });
const source = v.object({ uid: v.literal("${datasource}") });
const target = v.object({ refId: v.string(), datasource: source, expr: v.string() });
const panel = v.object({
  id: v.number(),
  type: v.picklist(["stat", "table", "timeseries"]),
  title: v.pipe(v.string(), v.nonEmpty()),
  datasource: source,
  gridPos: place,
  targets: v.pipe(v.array(target), v.nonEmpty()),
});

/** As far as Grafana's classic model of a dashboard is used. */
const Dashboard = v.object({
  title: v.string(),
  uid: v.string(),
  schemaVersion: v.number(),
  templating: v.object({ list: v.array(v.object({ name: v.string(), type: v.string() })) }),
  panels: v.array(panel),
});

/** The dashboard that is shipped; throws when it is none. */
export const dashboard = v.parse(Dashboard, JSON.parse(shipped()));

/** Its queries as Grafana sends them for all machines. */
export const queries: readonly string[] = dashboard.panels.flatMap(({ targets }) =>
  targets.map(({ expr }) => expr.replaceAll("$instance", ".+")),
);
