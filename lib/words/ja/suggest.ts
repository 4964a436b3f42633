import type { SuggestWords } from "../en/suggest.ts";
import { numbers } from "./numbers.ts";

const { list } = numbers;

export const suggest = {
  found: (recipe, by) => `${recipe}: ${list(by)}`,
  access: (command) => `読み取りを許可するには一度だけ実行: ${command}`,
  now: (value) => `現在: ${value}`,
  notNow: (reason) => `現在は不可: ${reason}`,
  job: (place) => `${place} のジョブ。次の行に置き換えると、失敗や未実行がわかります:`,
  jobsOf: (user) => `このユーザーのジョブを表示するには設定に追加: [jobs] users = ["${user}"]`,
  nothing: "提案できるものは見つかりませんでした",
  allThere: "見つかったものはすべて設定済みです",
  written: (file, names) => `${file} に追加: ${list(names)}`,
  nothingWritten: (file) => `${file} に追加するものはありません`,
  left: (names) => `正常な値を取得できないため追加しません: ${list(names)}`,
  by: {
    process: (name) => `プロセス ${name}`,
    container: (name) => `コンテナ ${name}`,
    socket: (path) => `ソケット ${path}`,
    file: (path) => `ファイル ${path}`,
    unit: (name) => `ユニット ${name}`,
    cron: (place) => `${place} のcronジョブ`,
  },
  names: {
    inboxWaiting: "受信キュー",
    deliverWaiting: "配送キュー",
    inboxDelayed: "受信キュー（遅延）",
    deliverDelayed: "配送キュー（遅延）",
    notes: "ノート数",
    posts: "投稿数",
    users: "ユーザー数",
    instances: "連合サーバー数",
    version: (program) => `${program}のバージョン`,
    database: (name) => `データベース ${name}`,
    databases: (server) => `${server}のデータベース`,
    connections: (server) => `${server}の接続`,
    writeAheadLog: "PostgreSQLのWAL",
    memory: (server) => `${server}のメモリ`,
    saved: (server) => `${server}の保存失敗`,
    queue: (name) => `Sidekiqキュー ${name}`,
    retries: "Sidekiqの再試行",
    dead: "Sidekiqのdeadジョブ",
    certificates: (program) => `${program}の証明書`,
    certificate: (name) => `証明書 ${name}`,
    backup: (name) => `バックアップ ${name}`,
  },
} satisfies SuggestWords;
