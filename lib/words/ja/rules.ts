import type { rules as english } from "../en/rules.ts";
import { numbers } from "./numbers.ts";

const titles: Readonly<Record<string, string>> = {
  conntrack: "conntrackテーブル",
  containers: "コンテナ",
  cpu: "CPU",
  diskIo: "ディスクI/O",
  fstab: "fstabのマウント",
  host: "ホスト",
  httpChecks: "Web監視",
  jobs: "定期ジョブ",
  inventory: "ハードウェア一覧",
  load: "ロードアベレージ",
  memory: "メモリ",
  network: "ネットワーク",
  openFiles: "オープンファイル",
  pressure: "PSI",
  probes: "独自チェック",
  processes: "プロセス",
  raid: "RAID",
  reboot: "再起動の要否",
  services: "サービス監視",
  smart: "SMART",
  storage: "ストレージ",
  tcp: "TCP",
  tcpChecks: "ポート監視",
  temperature: "温度",
  topProcesses: "プロセス上位",
  traffic: "今月の転送量",
  units: "サービス",
  updates: "更新",
  vmstat: "メモリ管理",
  zfsPools: "ZFSプール",
};

const titleOf = (metric: string): string => titles[metric] ?? metric;

const because = (problem: string): string => (problem === "" ? "" : `（${problem}）`);

export const rules = {
  storage_used: {
    bad: ({ mount = "" }, value) => `ディスク ${mount} 使用率 ${value}`,
    over: ({ mount = "" }, value) => `ディスク ${mount} 回復（${value}）`,
    reason: "空き 1 GiB 未満",
  },
  storage_full_soon: {
    bad: ({ mount = "" }, value) => `ディスク ${mount} 約${value}で満杯`,
    over: ({ mount = "" }) => `ディスク ${mount} 満杯の見込み解消`,
  },
  storage_inodes: {
    bad: ({ mount = "" }, value) => `ディスク ${mount} inode使用率 ${value}`,
    over: ({ mount = "" }, value) => `ディスク ${mount} inode 回復（${value}）`,
  },
  memory: {
    bad: (_, value) => `メモリ使用率 ${value}`,
    over: (_, value) => `メモリ 回復（${value}）`,
  },
  swap_traffic: {
    bad: (_, value) => `スワップ多発（メモリの${value}相当）`,
    over: (_, value) => `スワップI/O 回復（メモリの${value}相当）`,
  },
  swap_used: {
    bad: (_, value) => `スワップ使用率 ${value}`,
    over: (_, value) => `スワップ 回復（${value}）`,
  },
  cpu_busy: {
    bad: (_, value) => `CPU使用率 ${value}`,
    over: (_, value) => `CPU 回復（${value}）`,
  },
  cpu_steal: {
    bad: (_, value) => `CPU steal ${value}`,
    over: (_, value) => `CPU steal 回復（${value}）`,
  },
  cpu_iowait: {
    bad: (_, value) => `I/O待ち ${value}`,
    over: (_, value) => `I/O待ち 回復（${value}）`,
  },
  load: {
    bad: (_, value) => `ロードアベレージ ${value}/コア`,
    over: (_, value) => `ロードアベレージ 回復（${value}/コア）`,
    row: (value) => `15分平均 ${value}/コア`,
  },
  temperature: {
    bad: ({ sensor = "" }, value) => `温度 ${sensor} ${value}`,
    over: ({ sensor = "" }, value) => `温度 ${sensor} 回復（${value}）`,
  },
  certificate: {
    bad: ({ check = "" }, value) => `${check} の証明書 ${value === numbers.timeLeft(0) ? "期限切れ" : `残り${value}`}`,
    over: ({ check = "" }, value) => `${check} の証明書 更新済み（残り${value}）`,
  },
  traffic: {
    bad: (_, value) => `今月の転送量 上限の${value}`,
    over: (_, value) => `今月の転送量 回復（上限の${value}）`,
  },
  conntrack: {
    bad: (_, value) => `conntrackテーブル使用率 ${value}`,
    over: (_, value) => `conntrackテーブル 回復（${value}）`,
  },
  open_files: {
    bad: (_, value) => `オープンファイル 上限の${value}`,
    over: (_, value) => `オープンファイル 回復（上限の${value}）`,
  },
  reboot: {
    bad: (_, value) => `要再起動のまま${value}経過`,
    over: () => "要再起動 解消",
    row: (value) => `${value}経過`,
  },
  security_updates: {
    bad: (_, value) => `セキュリティ更新が${value}未適用`,
    over: () => "セキュリティ更新 適用済み",
  },
  unread: {
    bad: ({ metric = "" }) => `${titleOf(metric)} 取得失敗`,
    over: ({ metric = "" }) => `${titleOf(metric)} 取得再開`,
  },
  clock: {
    bad: (_, value) => `時計のずれ ${value}`,
    over: (_, value) => `時計のずれ 解消（${value}）`,
  },
  storage_read_only: {
    bad: ({ mount = "" }) => `ディスク ${mount} 読み取り専用化`,
    over: ({ mount = "" }) => `ディスク ${mount} 復旧（書き込み可）`,
  },
  storage_silent: {
    bad: ({ mount = "" }) => `ディスク ${mount} 応答なし`,
    over: ({ mount = "" }) => `ディスク ${mount} 復旧`,
  },
  mount_missing: {
    bad: ({ mount = "" }) => `ディスク ${mount} 未マウント`,
    over: ({ mount = "" }) => `ディスク ${mount} マウント済み`,
  },
  raid_inactive: {
    bad: ({ array = "" }) => `RAID ${array} 停止`,
    over: ({ array = "" }) => `RAID ${array} 稼働再開`,
  },
  raid: {
    bad: ({ array = "" }) => `RAID ${array} 縮退`,
    over: ({ array = "" }) => `RAID ${array} 復旧`,
  },
  zfs_pool: {
    bad: ({ pool = "" }) => `ZFSプール ${pool} 異常`,
    over: ({ pool = "" }) => `ZFSプール ${pool} 復旧`,
  },
  smart: {
    bad: ({ device = "" }) => `ディスク ${device} SMARTが故障を予測`,
    over: ({ device = "" }) => `ディスク ${device} SMARTの故障予測 解消`,
  },
  smart_pending: {
    bad: ({ device = "" }, value) => `ディスク ${device} 読み取れないセクタ ${value}個`,
    over: ({ device = "" }) => `ディスク ${device} 読み取れないセクタ 解消`,
  },
  btrfs: {
    bad: ({ filesystem = "" }) => `btrfs ${filesystem} 縮退`,
    over: ({ filesystem = "" }) => `btrfs ${filesystem} 復旧`,
  },
  service_down: {
    bad: ({ unit = "" }) => `${unit} 停止`,
    over: ({ unit = "" }) => `${unit} 復旧`,
  },
  service_not_enabled: {
    bad: ({ unit = "" }) => `${unit} 自動起動なし`,
    over: ({ unit = "" }) => `${unit} 自動起動を有効化`,
  },
  units: {
    bad: ({ unit = "" }, problem) => `${unit} が failed${because(problem)}`,
    over: ({ unit = "" }) => `${unit} 復旧`,
  },
  unit_restarts: {
    bad: ({ unit = "" }, value) => `${unit} 再起動ループ（${value}回）`,
    over: ({ unit = "" }) => `${unit} 再起動ループ解消`,
  },
  job_failed: {
    bad: ({ job = "" }) => `${job} 失敗`,
    over: ({ job = "" }) => `${job} 正常終了`,
  },
  job_late: {
    bad: ({ job = "" }) => `${job} 未実行`,
    over: ({ job = "" }) => `${job} 実行再開`,
  },
  job_slow: {
    bad: ({ job = "" }) => `${job} 所要時間が通常の2倍超`,
    over: ({ job = "" }) => `${job} 所要時間が通常どおり`,
  },
  containers: {
    bad: ({ container }) => (container === undefined ? "コンテナ unhealthy" : `コンテナ ${container} unhealthy`),
    over: ({ container }) => (container === undefined ? "コンテナはすべて復旧" : `コンテナ ${container} 復旧`),
  },
  container_restarting: {
    bad: ({ container = "" }) => `コンテナ ${container} 再起動ループ`,
    over: ({ container = "" }) => `コンテナ ${container} 再起動ループ解消`,
  },
  container_stopped: {
    bad: ({ container = "" }, problem) => `コンテナ ${container} 停止${because(problem)}`,
    over: ({ container = "" }) => `コンテナ ${container} 復旧`,
  },
  http_down: {
    bad: ({ check = "" }, problem) => `${check} 異常${because(problem)}`,
    over: ({ check = "" }) => `${check} 復旧`,
  },
  tcp_down: {
    bad: ({ check = "" }, problem) => `${check} 接続不可${because(problem)}`,
    over: ({ check = "" }) => `${check} 復旧`,
  },
  probe: {
    bad: ({ probe = "" }, text) => (text === "" ? `${probe} 異常` : `${probe}: ${text}`),
    over: ({ probe = "" }) => `${probe} 復旧`,
  },
  probe_limit: {
    bad: ({ probe = "" }, value) => `${probe} ${value}`,
    over: ({ probe = "" }, value) => `${probe} 回復（${value}）`,
  },
  probe_unknown: {
    bad: ({ probe = "" }, problem) => `${probe} 確認不能${because(problem)}`,
    over: ({ probe = "" }) => `${probe} 確認再開`,
  },
} satisfies typeof english;
