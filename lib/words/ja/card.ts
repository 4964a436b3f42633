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
  program: (version) => `server-metrics ${version}`,
} satisfies typeof english.report;

export const mute = {
  row: (what, until, why) =>
    `ミュート中（${until === null ? "回復まで" : `${until} まで`}）: ${what}${why === null ? "" : `（${why}）`}`,
  everything: "すべて",
  over: "回復まで",
  count: (targets) => (targets === 0 ? "ミュートなし" : `ミュート${targets}件`),
  howToEnd: "ミュート解除: server-metrics unmute TARGET",
  held: (targets) => `通知保留 ${targets}件`,
  heldList: (targets) => `その間に発生して回復: ${list(targets)}`,
} satisfies typeof english.mute;

export const card = {
  next: (when) => `次のレポート: ${when}`,
  more: { label: "ほか", line: (hidden) => `ほか${hidden}項目（server-metrics show）` },
  up: (seconds) => `稼働 ${duration(seconds)}`,
  picture: "過去24時間のCPU、メモリ、ディスク、ネットワーク",
  repeat: "重複の可能性あり",
  withoutPicture: (reason) => `グラフなし（${reason}）`,
  withoutName: (reason) => `名前なし（${reason}）`,
  refused: (reason) => `Discordが元のメッセージを拒否しました: ${reason}`,
} satisfies typeof english.card;

export const trend = {
  hours: (line, hours) => `${line} ${hours}時間`,
  fullIn: (hours) =>
    `このペースだと約${hours < 48 ? `${Math.max(1, Math.round(hours))}時間` : `${Math.round(hours / 24)}日`}で満杯`,
  change: (signedBytes) => `前日比 ${signedBytes}`,
  peak: (value, when) => `最大 ${value}（${when}）`,
  low: (value, when) => `最小 ${value}（${when}）`,
} satisfies typeof english.trend;

const over = (inAll: number, open: number): string =>
  open === 0 ? "すべて回復" : open === inAll ? "すべて継続中" : `${open}件継続中`;

export const day = {
  title: (name, summary) => `📅 ${name}: 過去24時間 ${summary}`,
  alerts: (inAll, open) =>
    `${count.alerts(inAll)}（${inAll === 1 ? (open === 0 ? "回復" : "継続中") : over(inAll, open)}）`,
  open: (text, severity, since, seconds) =>
    `${text} · ${alerts.severity[severity]} · ${since} から${duration(seconds)}継続中`,
  past: (text, severity, from, to, seconds) =>
    `${text} · ${alerts.severity[severity]} · ${from}〜${to}（${duration(seconds)}）`,
  average: (value) => `平均 ${value}`,
  range: (least, most) => `${least}〜${most}`,
  highest: (when) => `最大 ${when}`,
  flat: (value) => `終日 ${value}`,
  footer: (runs, version) => `${count.runs(runs)} · ${report.program(version)}`,
  more: (hidden) => `ほか${hidden}項目（server-metrics history）`,
} satisfies typeof english.day;

export const late = {
  title: (name, reports) => `⏳ ${name}: 遅れて届いたレポート${reports}件`,
  when: (from, to) => `${from}〜${to} の計測分です。当時は送信できませんでした。`,
  perhaps: (reports) => `うち${reports}件は届いている可能性があります。`,
  dropped: (reports) => `送信待ちが上限に達し、古い${reports}件は破棄されました。`,
} satisfies typeof english.late;

export const note = {
  ephemeral: (reason) => `履歴を保存できません: ${reason}`,
  damaged: (saved) =>
    `状態ファイルが壊れていたため作り直しました${saved === 0 ? "" : `（${count.unsentMessages(saved)}は引き継ぎ）`}`,
  foreign: (file) => `${file} の状態は別のマシンのものです。送信待ちは引き継ぎ、このマシンの状態は隣に別途保存します。`,
  refused: (messages, reason) =>
    `${count.messages(messages)}を送れませんでした（server-metrics outbox 参照）: ${reason}`,
  heartbeat: (reason) => `ハートビートの送信失敗: ${reason}`,
  export: (target, reason) => `${target} へのエクスポート失敗: ${reason}`,
} satisfies typeof english.note;
