import type { Severity } from "../../model/rule.ts";
import type * as english from "../en/alerts.ts";
import { numbers } from "./numbers.ts";

const { duration, list } = numbers;

const severity: Readonly<Record<Severity, string>> = { warning: "警告", critical: "危険" };

/** `、ほか危険1件、警告2件` */
function others(...kinds: readonly (readonly [text: string, count: number])[]): string {
  const there = kinds.filter(([, count]) => count > 0).map(([text]) => text);
  if (there.length > 2) return `、ほか${kinds.reduce((sum, [, count]) => sum + count, 0)}件`;
  return there.length === 0 ? "" : `、ほか${list(there)}`;
}

export const alerts: typeof english.alerts = {
  severity,
  active: {
    easing: (over) => `${over}（経過観察中）`,
    lastSeen: (bad, secondsAgo) => `${bad}（${duration(secondsAgo)}前の値）`,
  },
  headline: {
    begin: (text) => text,
    raised: (bad, to) => `${severity[to]}: ${bad}`,
    worse: (bad, to) => `${severity[to]}に悪化: ${bad}`,
    better: (bad, to) => `${severity[to]}に低下: ${bad}`,
    reminder: (bad, to, seconds) =>
      `${severity[to]}が継続: ${bad}${seconds === null ? "" : `（${duration(seconds)}）`}`,
    flapping: (bad, to) => `${severity[to]}（断続的）: ${bad}`,
    recovered: (over, seconds) => `${over}、発生から${duration(seconds)}`,
    ofUpdate: (text, more) => `${text}${more === 0 ? "" : ` ほか${more}件`}（新バージョンで検出）`,
    others: (critical, warnings, over, notices) =>
      others(
        [`危険${critical}件`, critical],
        [`警告${warnings}件`, warnings],
        [`回復${over}件`, over],
        [`お知らせ${notices}件`, notices],
      ),
  },
  row: {
    worse: (to) => `${severity[to]}に悪化`,
    better: "警告に低下",
    lasting: (seconds) => `${duration(seconds)}継続`,
    flapping: "断続的",
    recovered: (seconds) => `発生から${duration(seconds)}`,
  },
  threshold: (value) => `しきい値 ${value}`,
  clearThreshold: (value) => `${value} で回復`,
  since: (when) => `${when} から`,
  before: (from, seconds) => `${severity[from]}が${duration(seconds)}継続`,
  past: (from, begin, end, most, onAndOff) =>
    `${begin}〜${end} ${onAndOff ? "断続的" : severity[from]}${most === null ? "" : `、最大 ${most}`}`,
  again: (count, usualSeconds) => `7日間で${count}回目、通常は${duration(usualSeconds)}継続`,
  againQuiet: (expectedSeconds) => `以後は${duration(expectedSeconds)}を超えて続くか悪化した場合のみ通知`,
  longer: "これまでより長い",
  nextReminder: (seconds) => `次の再通知は${duration(seconds)}後`,
  quiet: "通知を止める",
  moreLines: (count) => `ほか${count}件`,
  test: {
    name: (name) => `${name} テスト`,
    text: "server-metrics test-alert による送信テストです。異常はありません。",
  },
};

export const events = {
  kinds: {
    rebooted: "再起動",
    silent: "レポート途絶",
    clock: "時計の変更",
    killed: "メモリ不足でプロセス強制終了",
    gone: "RAIDまたはZFSプールの消失",
    letGo: "対象が消失",
    changed: "変更あり（server-metrics changes）",
  },
  rebooted: (downSeconds) => (downSeconds === null ? "再起動" : `再起動（停止は最大${duration(downSeconds)}）`),
  downBetween: (from, to) => `停止: ${from}〜${to} の間`,
  downUntil: (to) => `${to} まで停止`,
  silent: (seconds) => `レポート途絶（${duration(seconds)}）`,
  silentBetween: (from, to) => `サーバーは稼働、${from}〜${to} に実行なし`,
  clock: (seconds) => `時計が${duration(Math.abs(seconds))}${seconds < 0 ? "戻った" : "進んだ"}`,
  killed: (count) => `メモリ不足で${count}プロセスを強制終了`,
  gone: (arrays, pools) =>
    list([...arrays.map((array) => `RAID ${array} 消失`), ...pools.map((pool) => `ZFSプール ${pool} 消失`)]),
  letGo: (bad) => `対象が消失: ${numbers.some(bad)}`,
  inARow: (news, count) => `${news}（${count}回連続）`,
  quiet: (hours, until) =>
    `以後は通知停止（${hours}時間起きなければ解除${until === null ? "" : `、または ${until} まで`}）`,
} satisfies typeof english.events;

export const reasons = {
  topCpu: (users) => `CPU上位: ${list(users)}`,
  topMemory: (users) => `メモリ上位: ${list(users)}`,
  user: (process, amount) => `${process} ${amount}`,
  iowait: (iowait, busy) => `主因はI/O待ち（${iowait}）、CPU使用率 ${busy}`,
  waiting: (processes) => `ディスク待ち: ${list(processes)}`,
  steal: (steal) => `ホスト側のCPU不足: steal ${steal}`,
  swapped: (seconds) => `直近${duration(seconds)}`,
  usedNow: (share) => `現在の使用率 ${share}`,
  left: (bytes) => `空き ${bytes}`,
  fillsByHour: (bytes) => `+${bytes}/時`,
  fillsByDay: (bytes) => `+${bytes}/日`,
  fullIn: (left) => `約${left}で満杯`,
  available: (amount) => `現在の利用可能メモリ ${amount}`,
  ownLimit: "ユニットまたはコンテナ自体の上限に達した可能性",
  finding: (label, lines) => `${label}: ${list(lines)}`,
  ofUpdate: (found) => `新バージョンで検出: ${list(found)}`,
  allOfUpdate: "新バージョンのルールで検出",
} satisfies typeof english.reasons;
