import { alerts, events, reasons } from "./en/alerts.ts";
import { numbers } from "./en/numbers.ts";
import { rules } from "./en/rules.ts";

/** English. Another language is an object of the same shape. */
export const en = {
  ...numbers,
  alert: alerts,
  event: events,
  reason: reasons,
  rules,
  unnamedMachine: "unnamed machine",
  verdict: { ok: "all well", unknown: "nothing could be read" },
};

/** All that a person reads on cards and alerts, in a terminal and on a chart, in one language. */
export type Words = typeof en;
