import type { CheckWords } from "../en/check.ts";
import { numbers } from "./numbers.ts";

const { duration, list, some } = numbers;

export const check = {
  settings: {
    defaults: "なし（すべて既定値）",
    baked: "ビルド時に埋め込まれた設定",
    file: (path, mode, owner) => `${path}（モード ${mode}、所有者 ${owner}）`,
    open: (path, mode) => `${path}: モード ${mode} のため、他のユーザーが秘密情報を読めます`,
  },
  webhook: (id, thread) => `${id} 応答あり${thread === null ? "" : `（スレッド ${thread}）`}`,
  clock: {
    agrees: "Discordと一致",
    off: (seconds) => `Discordより${duration(Math.abs(seconds))}${seconds < 0 ? "遅れて" : "進んで"}います`,
  },
  target: (setting, meant) => `${setting} に一致する対象は、このマシンで見つかっていません${meant}`,
  export: {
    file: (name) => `${name} 書き込み可`,
    url: (name) => `${name} 応答あり`,
    problem: (name, problem) => `${name}: ${problem}`,
  },
  state: {
    unwanted: "なし（指定どおり）",
    absent: (path) => `${path}（未作成。最初のレポートで作成します）`,
    usable: (path, notes) => [path, ...notes].join(" · "),
    locked: "使用中（別の実行が動作中）",
    free: "未使用",
  },
  program: {
    mode: (mode) => `モード ${mode}`,
    open: (mode) => `モード ${mode} のため、他のユーザーがWebhookを読めます`,
  },
  unseen: {
    says: (things) => `このユーザーでは確認できません（rootなら可）: ${list(things)}`,
    jobs: (users) => `ユーザーが存在しないか、ジョブを読み取れません: ${list(users)}`,
    docker: "Dockerのコンテナ",
    smart: "ディスクのSMART",
    others: "他のユーザーの公開鍵とcrontab",
    changes: (paths) => `読み取り不可または件数超過のため、変更を検出できません: ${some(paths, 20)}`,
  },
  rules: {
    state: { ok: "正常", warning: "警告", critical: "危険", off: "無効", "no data": "データなし" },
    now: (value) => `現在 ${value}`,
    notSeen: "現在は計測なし",
    atOnce: (severity) => `検出時に${severity}`,
    after: (severity, runs) => `${runs}回連続で${severity}`,
    from: (used) => `（使用率 ${used}% 以上）`,
    runs: (runs) => `、${runs}回連続`,
    lasting: (seconds) => `、${duration(seconds)}継続`,
  },
} satisfies CheckWords;
