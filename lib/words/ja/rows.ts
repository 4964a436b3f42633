import { changes } from "./changes.ts";
import type { RowWords } from "../en/rows.ts";
import { grouped } from "../digits.ts";
import { sayProbeProblem, sayProblem } from "./checks.ts";
import { sayJob } from "./jobs.ts";
import { hardware } from "./hardware.ts";
import { numbers } from "./numbers.ts";
import { trafficWords } from "./traffic.ts";
import { sayReason } from "./reasons.ts";

const { count, duration, percent, some } = numbers;

const sinceReport = "前回レポート以降";
const sinceBoot = "起動以降";
const more = (hidden: number): string => `ほか${hidden}件`;
const onlyOwn = "自分のプロセスのみ表示";
const containerLimit = "コンテナの上限";
const ended = (code: number | null): string => (code === null ? "消失" : `終了コード ${code}`);

export const rows = {
  ...numbers,
  ...hardware,
  row: {
    unavailable: (reason) => `取得不可: ${sayReason(reason)}`,
    failed: (reason) => `取得失敗: ${sayReason(reason)}`,
    reason: sayReason,
    more,
    now: (value) => `現在 ${value}`,
    used: (part, whole) => `${grouped(part)} / ${grouped(whole)}`,
    noLimit: (value) => `${grouped(value)}（上限なし）`,
  },
  memory: {
    label: "メモリ",
    containerLimit,
    zfs: (bytes) => `ZFSキャッシュ ${bytes} を除く`,
  },
  swap: { label: "スワップ" },
  storage: { title: "ストレージ" },
  disk: {
    label: (mount) => `ディスク ${mount}`,
    failed: "取得失敗",
    free: (bytes) => `空き ${bytes}`,
    readOnly: "読み取り専用",
    inodes: (share) => `inode使用率 ${share}`,
  },
  fstab: {
    title: "fstabのマウント",
    label: (mount) => `マウント ${mount}`,
    missing: "未マウント（/etc/fstab に記載あり）",
    complete: (mounts) => (mounts === 1 ? "1件マウント済み" : `${mounts}件すべてマウント済み`),
  },
  cpu: {
    label: "CPU",
    notMeasured: "未計測",
    sample: (seconds) => `${seconds}秒間の値`,
    over: (seconds) => `${duration(seconds)}平均`,
    now: (share) => `現在 ${share}`,
    iowait: (share) => `I/O待ち ${share}`,
    steal: (share) => `steal ${share}`,
  },
  load: {
    label: "ロードアベレージ",
    cores: (cores) => count.cores(cores),
    limitedCores: (cores) => `${count.cores(cores)}（${containerLimit}）`,
    hostCores: (cores) => `ホストの${count.cores(cores)}`,
    longer: (five, fifteen) => `5分 ${five}、15分 ${fifteen}`,
  },
  pressure: {
    title: "PSI",
    label: { cpu: "PSI CPU", memory: "PSI メモリ", io: "PSI I/O" },
    some: (share) => `直近1分の ${percent(share)} で一部が待機`,
    full: (share) => `全タスク待機 ${percent(share)}`,
    report: (share) => `一部待機 ${percent(share)}（${sinceReport}）`,
  },
  vmstat: { title: "メモリ管理" },
  oom: {
    label: "OOM Killer",
    killed: (kills, isReport) => {
      const since = isReport ? sinceReport : sinceBoot;
      return kills === 0 ? `${since}なし` : `${kills}プロセスを強制終了（${since}）`;
    },
  },
  swapIo: {
    label: "スワップI/O",
    line: (read, written) => `イン ${read}/s、アウト ${written}/s（${sinceReport}）`,
    share: (share) => `メモリの ${share} 相当`,
  },
  faults: { label: "メジャーフォルト", line: (perSecond) => `${perSecond}回/秒（${sinceReport}）` },
  diskIo: {
    title: "ディスクI/O",
    label: (device) => `ディスクI/O ${device}`,
    others: "他のディスクI/O",
    traffic: (read, written, busy) => `読み取り ${read}/s、書き込み ${written}/s、ビジー率 ${percent(busy)}`,
    report: (traffic) => `${traffic}（${sinceReport}）`,
    total: (read, written) => `読み取り ${read}、書き込み ${written}（${sinceBoot}）`,
    operations: (reads, writes) => `読み取り ${reads}回/秒、書き込み ${writes}回/秒`,
  },
  network: {
    title: "ネットワーク",
    label: (port) => `ネットワーク ${port}`,
    others: "他のインターフェース",
    rates: (received, sent) => `受信 ${received}/s、送信 ${sent}/s`,
    report: (rates) => `${rates}（${sinceReport}）`,
    total: (received, sent) => `受信計 ${received}、送信計 ${sent}`,
    errors: (perSecond) => `エラー ${perSecond}件/秒`,
    drops: (perSecond) => `パケット破棄 ${perSecond}件/秒`,
  },
  traffic: trafficWords,
  tcp: {
    label: "TCP",
    drops: (perSecond) => `接続破棄 ${perSecond}件/秒（acceptキュー溢れ）`,
    dropsTotal: (drops) => `接続破棄 ${grouped(drops)}件（acceptキュー溢れ、${sinceBoot}）`,
    resent: (perSecond) => `再送 ${perSecond}件/秒`,
    resentTotal: (segments) => `再送 ${grouped(segments)}件（${sinceBoot}）`,
  },
  openFiles: { label: "オープンファイル" },
  conntrack: { label: "conntrackテーブル" },
  units: {
    label: "サービス",
    noneFailed: "failedなし",
    result: (unit, result) => `${unit}（${result}）`,
    failed: (units) => `failed: ${some(units)}`,
    notEnabled: "自動起動なし",
    restarted: "systemdによる再起動",
    times: (unit, times) => `${unit} ${times}回`,
  },
  services: {
    title: "サービス監視",
    notFound: "ユニットなし",
    notEnabled: (fileState) => `稼働中、ただし自動起動なし（${fileState}）`,
    runs: "稼働中",
    masked: "masked",
    looping: (result) => `再起動ループ（${result}）`,
    failed: (result) => `failed（${result}）`,
    inactive: "停止中",
  },
  http: {
    title: "Web監視",
    answers: (seconds) => `応答 ${seconds}秒`,
    certificate: (days) => `証明書 残り${duration(days * 86_400)}`,
  },
  probe: {
    title: "独自チェック",
    others: "その他のチェック",
    well: "正常",
    limit: (range) => `しきい値 ${range.join("〜")}`,
    beyond: (value, limit) => `${value}（${limit}）`,
    problem: sayProbeProblem,
  },
  ports: { title: "ポート監視", connects: (seconds) => `接続 ${seconds}秒` },
  problem: sayProblem,
  jobs: {
    title: "定期ジョブ",
    standing: sayJob,
  },
  containers: {
    label: "コンテナ",
    running: (running, total) => `${total}個中${running}個稼働`,
    healthUnknown: "ヘルスチェックの結果は不明",
    unhealthy: (names) => `unhealthy: ${some(names)}`,
    restarting: (names) => `再起動中: ${some(names)}`,
    stopped: (names) => `停止: ${some(names)}`,
    exit: (name, code) => `${name}（${ended(code)}）`,
    ended,
  },
  changes,
  processes: {
    label: "プロセス",
    total: (total, isOnlyOwn) => (isOnlyOwn ? `${total}個（${onlyOwn}）` : `${total}個`),
    threads: (threads) => `スレッド ${threads}`,
    running: (running) => `実行中 ${running}`,
    blocked: (blocked) => `I/O待ち ${blocked}`,
  },
  topProcesses: {
    title: "プロセス上位",
    cpu: "CPU上位",
    memory: "メモリ上位",
    zombies: "ゾンビプロセス",
    line: (amount, name, pid) => `${name} ${amount}（${pid}）`,
    onlyOwn,
  },
  reboot: {
    label: "再起動",
    due: "要再起動",
    news: "要再起動",
    none: "不要",
    newKernel: (version) => `カーネル ${version} をインストール済み`,
    forPackages: (packages) => `${some(packages)} の更新を反映`,
    forUpdate: "更新の反映待ち",
  },
  updates: {
    label: "更新",
    none: "なし",
    waiting: (packages) => `${packages}件`,
    security: (packages) => `セキュリティ: ${some(packages)}`,
  },
  host: { title: "ホスト", system: "OS", up: "稼働時間" },
} satisfies RowWords;
