/*
 * Why a reading is missing is kept and exported as an English clause. Here are those that a person may see; any other one
 * stays as it is, like every error.
 */

const whole: Readonly<Record<string, string>> = {
  "not in a container": "コンテナのため対象外",
  "read once a day, by a report": "1日1回、レポート時に取得",
  "could not be read": "読み取り失敗",
  "no answer": "応答なし",
  "no btrfs of several devices": "複数デバイスのbtrfsなし",
  "no default route": "デフォルトルートなし",
  "no disk of its own": "専用ディスクなし",
  "no disk with SMART": "SMART対応ディスクなし",
  "no file system with a size is mounted": "容量のあるファイルシステムなし",
  "no network interface": "ネットワークインターフェースなし",
  "nothing here tells whether one is needed": "再起動の要否を示すファイルなし",
  "no RAID array": "RAIDなし",
  "no systemd here": "systemdなし",
  "no temperature sensor": "温度センサーなし",
  "no ZFS pool": "ZFSプールなし",
  "nobody listens": "接続先が待ち受けていない",
  "none configured": "設定なし",
  "not asked for": "取得対象外",
  "not known without /proc": "/proc がないため不明",
  "not readable here": "読み取り不可",
  "systemd is not running": "systemdが動いていない",
  "the container engine's answer is malformed": "コンテナエンジンの応答の形式が不正",
  "the CPU reports no model": "CPUの型番情報なし",
  "the firmware reports no manufacturer": "ファームウェアに製造元の情報なし",
  "not counted by this kernel": "カーネル未対応",
  "the memory limit is 0": "メモリの上限が0",
  "the root is not mounted here": "ルートファイルシステムなし",
  "df is missing": "dfコマンドなし",
  "the process limit is too low to read it": "プロセス数の上限により取得不可",
};

const clauses: readonly (readonly [RegExp, string])[] = [
  [/^(\S+) is not there$/, "$1 なし"],
  [/^(\S+) may not be read by this user$/, "$1 の読み取り権限なし"],
  [/^(\S+) is switched off in this kernel$/, "$1 はこのカーネルで無効"],
  [/^(\S+) is malformed$/, "$1 の形式が不正"],
  [/^(\S+) does not accept connections$/, "$1 に接続できない"],
  [/^(\S+) did not answer within (\S+) s$/, "$1 が$2秒以内に応答なし"],
  [/^no answer within (\S+) s$/, "$1秒以内に応答なし"],
  [/^(\S+) shows no processes$/, "$1 にプロセスなし"],
  [/^(\S+) lists no mount$/, "$1 にマウントの記載なし"],
  [/^answered (\d+)$/, "HTTP $1"],
  [/^no disk found, .*$/, "ディスクが見つからないか、lsblkなし"],
  [/^no GPU found, .*$/, "GPUが見つからないか、lspciなし"],
  [/^the firmware reports no memory module, .*$/, "メモリモジュールの情報がないか、dmidecodeなし"],
];

function sayClause(clause: string): string {
  const [pattern, text] = clauses.find(([one]) => one.test(clause)) ?? [];
  return whole[clause] ?? (pattern === undefined || text === undefined ? clause : clause.replace(pattern, text));
}

/** The reason, or several; before one there may stand what it is about: `/run/docker.sock: nobody listens`. */
export function sayReason(reason: string): string {
  const all = sayClause(reason);
  if (all !== reason) return all;
  const about = /^(\S+): (.+)$/.exec(reason);
  if (about !== null) return `${about[1]}: ${sayClause(about[2] ?? "")}`;
  return reason.split(", ").map(sayClause).join("、");
}
