import type { Severity } from "../../model/rule.ts";
import type * as english from "../en/alerts.ts";
import { numbers } from "./numbers.ts";

const { duration, list } = numbers;

const severity: Readonly<Record<Severity, string>> = { warning: "警告", critical: "危険" };

/** `crossed` is the threshold, or the words in its place; null where there is neither. */
const after = (crossed: string | null): string => (crossed === null ? "" : ` · ${crossed}`);
const lasting = (seconds: number, onAndOff: boolean): string =>
  `${duration(seconds)}${onAndOff ? "断続的に発生" : "継続"}`;
const steps = (to: Severity, from: Severity | null): string =>
  from === null ? severity[to] : `${severity[from]}→${severity[to]}`;

export const alerts: typeof english.alerts = {
  severity,
  active: {
    easing: (over) => `${over}（経過観察中）`,
    lastSeen: (bad, secondsAgo) => `${bad}（${duration(secondsAgo)}前の値）`,
  },
  headline: {
    raised: (bad, reason) => (reason === null ? bad : `${bad}（${reason}）`),
    better: (bad) => `${bad}（警告に低下）`,
    reminder: (bad, seconds) => `${bad}（${duration(seconds)}継続中）`,
    flapping: (bad) => `${bad}（断続的）`,
    longer: (bad, seconds) => `${bad}（${duration(seconds)}継続中）`,
  },
  threshold: (value) => `しきい値 ${value}`,
  clearThreshold: (value) => `回復の基準 ${value}`,
  again: (count, usualSeconds, expectedSeconds) =>
    `（7日間で${count}回目、通常は${duration(usualSeconds)}。` +
    `以後は${duration(expectedSeconds)}を超えて続くか悪化した場合のみ通知）`,
  sentence: {
    raised: (bad, to, crossed) => `${bad}: ${severity[to]}${after(crossed)}`,
    changed: (bad, to, from, crossed, seconds, onAndOff) =>
      `${bad}: ${steps(to, from)}${after(crossed)} · ${lasting(seconds, onAndOff)}`,
    reminder: (bad, to, crossed, seconds) =>
      `${bad}: ${severity[to]}が継続中${after(crossed)} · ${duration(seconds)}経過`,
    recovered: (over, from, seconds, onAndOff) =>
      `${over}: ${from === null ? "" : `${severity[from]}から回復 · `}${lasting(seconds, onAndOff)}`,
    flapping: (bad, to, crossed) => `${bad}: ${severity[to]}${after(crossed)} · 発生と回復の繰り返し`,
    longer: (bad, to, crossed, seconds) =>
      `${bad}: ${severity[to]}${after(crossed)} · ${duration(seconds)}継続（いつもより長い）`,
  },
  title: (name, news, more) => `${name}: ${[...news, ...(more > 0 ? [`ほか${more}件`] : [])].join(" · ")}`,
  titleOfUpdate: (name, news, more) => alerts.title(`${name}: 新バージョンで検出`, news, more),
  moreLines: (count) => `ほか${count}件`,
  test: {
    name: (name) => `${name} テスト`,
    text: "server-metrics test-alert による送信テストです。異常はありません。",
  },
};

export const events = {
  rebooted: (downSeconds) => (downSeconds === null ? "再起動" : `再起動（停止は最大${duration(downSeconds)}）`),
  downBetween: (from, to) => `停止: ${from}〜${to} の間`,
  downUntil: (to) => `${to} まで停止`,
  silent: (seconds) => `レポート途絶（${duration(seconds)}）`,
  silentBetween: (from, to) => `サーバーは稼働、${from}〜${to} に実行なし`,
  clock: (seconds) => `時計が${duration(Math.abs(seconds))}${seconds < 0 ? "戻った" : "進んだ"}`,
  killed: (count) => `メモリ不足で${count}プロセス強制終了`,
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
  iowait: (iowait, busy) => `主因はI/O待ち（${iowait}）、使用率 ${busy}`,
  steal: (steal) => `ホスト側のCPU不足: steal ${steal}`,
  fillsByHour: (mount, bytes, left) => `${mount}: +${bytes}/時、約${left}で満杯`,
  fillsByDay: (mount, bytes, left) => `${mount}: +${bytes}/日、約${left}で満杯`,
  finding: (label, lines) => `${label}: ${list(lines)}`,
  ofUpdate: (found) => `新バージョンで検出: ${list(found)}`,
} satisfies typeof english.reasons;
