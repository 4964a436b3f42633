import type * as english from "../en/card.ts";
import { alerts } from "./alerts.ts";
import { numbers } from "./numbers.ts";

const { count, duration, list } = numbers;

export const report = {
  unnamedMachine: "名称未設定",
  verdict: { ok: "異常なし", unknown: "計測不能" },
  title: (name, severity, headline) =>
    `${name}: ${headline}${severity === null ? "" : `（${alerts.severity[severity]}）`}`,
  headlines: list,
  noAlerts: (news) =>
    ["アラートなし", ...news.slice(0, 2), ...(news.length > 2 ? [`ほか${news.length - 2}件`] : [])].join(" · "),
  news: (label, line) => (line === "" ? label : `${label}: ${line}`),
  muted: (alertsMuted) => `ミュート中 ${alertsMuted}件`,
  unread: (title) => `${title} 取得失敗`,
  program: "server-metrics",
} satisfies typeof english.report;

const mutedUntil = (until: string | null): string => `ミュート中（${until === null ? "回復まで" : `${until} まで`}）`;

export const mute = {
  until: mutedUntil,
  row: (what, until, why) => `${mutedUntil(until)}: ${what}${why === null ? "" : `（${why}）`}`,
  everything: "すべて",
  over: "回復まで",
  count: (targets) => (targets === 0 ? "ミュートなし" : `ミュート${targets}件`),
  howToEnd: "ミュート解除: server-metrics unmute TARGET",
  held: (targets) => `通知停止中に発生して回復 ${targets}件`,
  heldList: (targets) => `現在は回復: ${list(targets)}`,
} satisfies typeof english.mute;

export const card = {
  verdict: { ok: "異常なし", critical: "危険", warning: "警告", unknown: "不明" },
  title: (verdict, what) => `${verdict}: ${what}`,
  course: (name, hours) => `${name} ${hours}時間`,
  alsoWell: (things) => `ほか正常: ${list(things)}`,
  disks: (disks, most) => `${count.disks(disks)}${most === null ? "" : `（最大 ${most}）`}`,
  next: (when) => `次のレポート: ${when}`,
  more: (rows) => `ほか${rows}項目（server-metrics show）`,
  up: (seconds) => `稼働 ${seconds < 86_400 ? duration(seconds) : `${Math.floor(seconds / 86_400)}日`}`,
  picture: "過去24時間のCPU、メモリ、ディスク",
  repeat: "重複の可能性あり",
  withoutPicture: (reason) => `グラフなし（${reason}）`,
  withoutName: (reason) => `名前なし（${reason}）`,
  refused: (reason) => `Discordが元のメッセージを拒否しました: ${reason}`,
} satisfies typeof english.card;

export const trend = {
  fullIn: (hours) =>
    `あと約${hours < 48 ? `${Math.max(1, Math.round(hours))}時間` : `${Math.round(hours / 24)}日`}で満杯`,
  change: (signedBytes) => `前日比 ${signedBytes}`,
  peak: (value, when) => `最大 ${value}（${when}）`,
  low: (value, when) => `最小 ${value}（${when}）`,
} satisfies typeof english.trend;

const over = (inAll: number, open: number): string => {
  if (open > 0 && open < inAll) return `${open}件継続中`;
  return `${inAll > 1 ? "すべて" : ""}${open === 0 ? "回復" : "継続中"}`;
};

export const day = {
  title: (summary) => `過去24時間: ${summary}`,
  alerts: (inAll, open) => `${count.alerts(inAll)}（${over(inAll, open)}）`,
  open: (text, since, seconds) => `${since} から${duration(seconds)}継続中: ${text}`,
  past: (text, from, to, seconds) => `${from}〜${to} ${text}（${duration(seconds)}）`,
  range: numbers.range,
  footer: (runs, gaps, seconds) =>
    count.runs(runs) + (gaps === 0 ? "" : `、${count.gaps(gaps)}（計${duration(seconds)}）`),
  more: (hidden) => `ほか${hidden}項目（server-metrics history）`,
} satisfies typeof english.day;

export const week = {
  days: ["日", "月", "火", "水", "木", "金", "土"],
  title: (days, well) => (days === well ? `過去${days}日間: 異常なし` : `過去${days}日間: うち${well}日は異常なし`),
  strip: (squares, first, last) => `${squares} ${first}〜${last}`,
  open: (since, text, seconds) => `${since}曜から${duration(seconds)}継続中: ${text}`,
  past: (on, text, seconds) => `${on}曜 ${text}（${duration(seconds)}）`,
  none: (on) => `${on}曜 計測なし`,
  up: (seconds) => `連続稼働 ${duration(seconds)}`,
  alerts: (inAll, seconds) => `${count.alerts(inAll)}、合計${duration(seconds)}`,
} satisfies typeof english.week;

export const late = {
  title: (reports) => `遅れて届いたレポート${reports}件`,
  when: (from, to) => `${from}〜${to} の計測分です。当時は送信できませんでした。`,
  perhaps: (reports) => `うち${reports}件は届いている可能性があります。`,
  dropped: (reports) => `送信待ちが上限に達し、古い${reports}件は破棄されました。`,
} satisfies typeof english.late;

export const note = {
  ephemeral: (reason) => `履歴を保存できません: ${reason}`,
  damaged: (saved) =>
    `状態ファイルが壊れていたため作り直しました${saved === 0 ? "" : `（${count.unsentMessages(saved)}は引き継ぎ）`}`,
  foreign: (file) =>
    `${file} の状態は別のマシンのものです。送信待ちは引き継ぎ、このマシンの状態は同じ場所に別途保存します。`,
  refused: (messages, reason) =>
    `${count.messages(messages)}がDiscordに拒否されました。自動では再送しません（server-metrics outbox 参照）: ${reason}`,
  heartbeat: (reason) => `ハートビートの送信失敗: ${reason}`,
  export: (target, reason) => `${target} へのエクスポート失敗: ${reason}`,
} satisfies typeof english.note;
