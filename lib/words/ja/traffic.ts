import type * as english from "../en/traffic.ts";

export const trafficWords = {
  label: "今月の転送量",
  begins: "これから計測開始",
  short: (used) => `使用 ${used}`,
  used: (used, quota) => `${used} / ${quota}`,
  left: (bytes) => `残り ${bytes}`,
  beyond: (bytes) => `${bytes} 超過`,
  projected: (bytes, month, day) => `${month}/${day} までに約${bytes}の見込み`,
} satisfies typeof english.trafficWords;
