import type { hardware as english } from "../en/hardware.ts";
import { numbers } from "./numbers.ts";

const { count, list, percent } = numbers;

const hot = (critical: string | null): string => (critical === null ? "" : `（限界 ${critical}）`);

/** What md does to an array, after the kernel's word for it. */
const operations: Readonly<Record<string, string>> = {
  recovery: "リビルド",
  resync: "再同期",
  check: "整合性チェック",
  reshape: "リシェイプ",
};

export const hardware = {
  temperature: {
    label: "温度",
    line: (sensor, celsius, critical) => `${sensor} ${celsius}${hot(critical)}`,
    sensor: (sensor, critical) => sensor + hot(critical),
  },
  raid: {
    title: "RAID",
    label: (array) => `RAID ${array}`,
    state: (level, state) => {
      const word = { active: "正常", degraded: "縮退", inactive: "停止" }[state];
      return level === null ? word : `${level} ${word}`;
    },
    devices: (working, wanted) => `${wanted}台中${working}台`,
    failed: (members) => `故障: ${list(members)}`,
    operation: (name, share) => `${operations[name] ?? name} ${share === null ? "待機中" : percent(share)}`,
  },
  btrfs: {
    title: "btrfs",
    label: (mount) => `btrfs ${mount}`,
    complete: "正常",
    degraded: "縮退",
    devices: (devices) => `${devices}台`,
    present: (present, devices) => `${devices}台中${present}台`,
    errors: (errors) => `累計${count.errors(errors)}`,
  },
  zfs: { title: "ZFSプール", label: (pool) => `ZFSプール ${pool}` },
  smart: {
    title: "SMART",
    passed: "正常",
    failing: "故障を予測",
    silent: "判定なし",
    line: (device, verdict, pending) =>
      `${device} ${verdict}${pending === 0 ? "" : `、代替処理保留中のセクタ ${pending}`}`,
  },
  inventory: {
    title: "ハードウェア一覧",
    cpu: "CPU型番",
    machine: "機種",
    disks: "物理ディスク",
    gpus: "GPU",
    modules: "メモリモジュール",
    smart: (verdict) => `SMART ${verdict}`,
    cache: (level, bytes) => `${level} ${bytes}`,
    speed: (megatransfers) => `${megatransfers} MT/s`,
  },
} satisfies typeof english;
