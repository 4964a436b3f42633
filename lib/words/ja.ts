import type { Words } from "./en.ts";
import type { CauseWords } from "./en/causes.ts";
import type { CheckWords } from "./en/check.ts";
import type { HistoryWords } from "./en/history.ts";
import type { StatusWords } from "./en/status.ts";
import type { SuggestWords } from "./en/suggest.ts";
import type { WatchWords } from "./en/watch.ts";
import { alerts, events, reasons } from "./ja/alerts.ts";
import { card, day, late, mute, note, report, trend, week } from "./ja/card.ts";
import { rows } from "./ja/rows.ts";
import { rules } from "./ja/rules.ts";
import { terminal } from "./ja/terminal.ts";

/** Japanese. */
export const ja = {
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
  later: {
    causes: async (): Promise<CauseWords> => (await import("./ja/causes.ts")).causes,
    check: async (): Promise<CheckWords> => (await import("./ja/check.ts")).check,
    history: async (): Promise<HistoryWords> => (await import("./ja/history.ts")).history,
    status: async (): Promise<StatusWords> => (await import("./ja/status.ts")).status,
    suggest: async (): Promise<SuggestWords> => (await import("./ja/suggest.ts")).suggest,
    watch: async (): Promise<WatchWords> => (await import("./ja/watch.ts")).watch,
  },
} satisfies Words;
