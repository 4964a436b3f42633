import { alerts, events, reasons } from "./en/alerts.ts";
import type { CauseWords } from "./en/causes.ts";
import type { CheckWords } from "./en/check.ts";
import { card, day, late, mute, note, report, trend, week } from "./en/card.ts";
import type { HistoryWords } from "./en/history.ts";
import { rows } from "./en/rows.ts";
import { rules } from "./en/rules.ts";
import { terminal } from "./en/terminal.ts";
import type { StatusWords } from "./en/status.ts";
import type { SuggestWords } from "./en/suggest.ts";
import type { WatchWords } from "./en/watch.ts";

/** English. Another language is an object of the same shape. */
export const en = {
  ...rows,
  rules,
  alert: alerts,
  event: events,
  reason: reasons,
  report,
  card,
  trend,
  day,
  week,
  late,
  mute,
  note,
  terminal,
  /** Of media that a plain report does not have. */
  later: {
    causes: async (): Promise<CauseWords> => (await import("./en/causes.ts")).causes,
    check: async (): Promise<CheckWords> => (await import("./en/check.ts")).check,
    history: async (): Promise<HistoryWords> => (await import("./en/history.ts")).history,
    status: async (): Promise<StatusWords> => (await import("./en/status.ts")).status,
    suggest: async (): Promise<SuggestWords> => (await import("./en/suggest.ts")).suggest,
    watch: async (): Promise<WatchWords> => (await import("./en/watch.ts")).watch,
  },
};

/** Everything that people read about the machine, in one language. */
export type Words = typeof en;
