import type { terminal as english } from "../en/terminal.ts";
import { numbers } from "./numbers.ts";

const parts: Readonly<Record<string, string>> = {
  card: "カード",
  changes: "変更",
  clock: "時計",
  export: "エクスポート",
  failure: "失敗",
  heartbeat: "ハートビート",
  "last run": "前回の実行",
  lock: "ロック",
  muted: "ミュート",
  "next run": "次回の実行",
  probe: "独自チェック",
  program: "プログラム",
  refused: "送信拒否",
  schedule: "定期実行",
  settings: "設定",
  state: "状態の保存先",
  targets: "対象",
  unseen: "確認不可",
  waiting: "送信待ち",
  webhook: "Webhook",
};

export const terminal = {
  more: (rows) => `ほか${rows}項目を表示: --all`,
  works: "問題なし",
  runs: "稼働中",
  problems: (problems) => `問題${problems}件`,
  part: (name) => parts[name] ?? name,
  program: (version) => `server-metrics ${version}`,
  absent: (labels) => `この環境になし: ${numbers.list(labels)}`,
} satisfies typeof english;
