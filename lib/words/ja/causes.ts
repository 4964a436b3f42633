import type { CauseWords } from "../en/causes.ts";
import { numbers } from "./numbers.ts";

const { duration, list } = numbers;

export const causes = {
  memoryByUnit: (users) => `ユニット別メモリ: ${list(users)}`,
  swapByUnit: (users) => `ユニット別スワップ: ${list(users)}`,
  cpuByUnit: (users) => `ユニット別CPU: ${list(users)}`,
  user: (name, amount) => `${name} ${amount}`,
  grownUser: (name, amount, more, seconds) => `${name} ${amount}（${duration(seconds)}で+${more}）`,
  container: (name) => `コンテナ ${name}`,
  forks: (perSecond) => `プロセス生成 毎秒${perSecond}件`,
  killed: (victims) => `強制終了: ${list(victims)}`,
  victim: (process, amount, group) => `${process} ${amount}${group === null ? "" : `（${group}）`}`,
  traffic: (users) => `ディスクI/O上位: ${list(users)}`,
  rate: (name, amount) => `${name} ${amount}/s`,
  flood: (address, part, whole) => `最多は ${address}（${whole}件中${part}件）`,
  grew: (directories, seconds) => `直近${duration(seconds)}の増加: ${list(directories)}`,
  grown: (path, amount) => `${path} +${amount}`,
  largest: (directories) => `容量上位: ${list(directories)}`,
  files: (directories) => `ファイル数上位: ${list(directories)}`,
  held: (processes) => `削除済みだが使用中のファイル: ${list(processes)}`,
  freeable: (commands) => `解放可能: ${list(commands)}`,
  gone: (array, members) => `${array} から外れたディスク: ${list(members)}`,
  host: "ホスト側のCPU不足（同じホストの他のVMが使用）",
  before: (things) => `直前の出来事: ${list(things)}`,
  ago: (what, seconds) => `${what}（${duration(seconds)}前）`,
  rebooted: "再起動",
  packages: (names, action) =>
    `${names.join(" と ")} を${action === "added" ? "インストール" : action === "removed" ? "削除" : "更新"}`,
  started: (unit) => `${unit} が起動`,
  kills: (count) => `メモリ不足で${count}プロセスを強制終了`,
  job: (job, state) => `${job} ${state === "running" ? "開始" : state === "ended" ? "終了" : "失敗"}`,
} satisfies CauseWords;
