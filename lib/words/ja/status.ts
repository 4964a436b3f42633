import type { status as english } from "../en/status.ts";
import { numbers } from "./numbers.ts";

const { count, duration, list } = numbers;

const ago = (seconds: number): string => `${duration(seconds)}前`;

export const status = {
  nothing: "なし",
  schedule: {
    none: "なし",
    noneYet: "なし（登録: server-metrics install）",
    runs: (place, line, version) => `${place}: ${line}${version === null ? "" : `（バージョン ${version}）`}`,
    unseen: "cronが動いているかは、このユーザーでは確認できません",
    problem: (place, problem, line) => `${place}: ${problem}: ${line}`,
    cannotStart: (program) => `${program} を起動できません`,
    noCron: "cronが動いていません",
    timerStopped: "タイマーが動いていません",
    double: (places) =>
      `${places.length}件が同じ状態を使ってカードを投稿しています（${list(places)}）。1件にしてください`,
    several: (places) =>
      `${places.length}件（${list(places)}）。状態が別なので、カードとアラートはそれぞれ投稿されます`,
  },
  state: {
    unwanted: "保存しない設定のため、これまでの計測は分かりません",
    usable: (path, notes) => [path, ...notes].join("、"),
  },
  look: {
    next: (seconds) => `${duration(seconds)}後`,
    none: "記録なし",
    noneIn: (path) => `${path} に記録なし`,
    first: (seconds) => `まだなし（${ago(seconds)}に登録）`,
    ahead: (time, seconds) => `${time}（${duration(seconds)}後）。時計が戻されています`,
    now: "たった今",
    ago,
    late: (when) => `${when}。その後3回分が実行されていません`,
  },
  card: {
    none: "まだなし",
    onItsWay: (when) => `${when}（未着）`,
    refused: (when) => `${when}（元の形では拒否）`,
  },
  failure: {
    once: ago,
    runs: (runs, sinceSeconds, lastSeconds) => `${ago(sinceSeconds)}から${runs}回、直近は${ago(lastSeconds)}`,
    says: (when, reason, code) => `${when}: ${reason}（終了コード ${code}）`,
    over: (says) => `${says}。解消済み`,
    replaced: (says) => `${says}。その後webhookは差し替え済みで、次回の実行で送信します`,
  },
  muted: {
    untilOver: (target) => `${target}（回復まで）`,
    until: (target, time) => `${target}（${time} まで）`,
    list,
  },
  waiting: (messages, oldestSeconds, reason) =>
    [count.messages(messages), `最も古いものは${ago(oldestSeconds)}`, ...(reason === null ? [] : [reason])].join("、"),
  refused: (messages, days, reason) => `直近${days}日間に${count.messages(messages)}: ${reason}`,
  clock: (seconds) => `Discordの時計より${duration(Math.abs(seconds))}${seconds < 0 ? "遅れ" : "進み"}`,
  export: (to, problem) => `${to}: ${problem}`,
  webhookGone: (time) =>
    `Discordによると ${time} から存在しません。作り直して DISCORD_WEBHOOK_URL に設定するか、ビルドし直してください`,
  heartbeat: {
    to: (host) => `送信先 ${host}`,
    missed: (host, seconds, reason) => `${host}: ${duration(seconds)}前から届いていません: ${reason}`,
  },
} satisfies typeof english;
