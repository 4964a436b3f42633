import { percentDigits, roundBeside, type ThresholdsOf } from "../digits.ts";
import type { NumberWords } from "../en/numbers.ts";

const nothingJudges: ThresholdsOf = () => [];

function duration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  if (days >= 10 || (days > 0 && hours === 0)) return `${days}日`;
  if (days > 0) return `${days}日${hours}時間`;
  if (hours > 0) return minutes === 0 ? `${hours}時間` : `${hours}時間${minutes}分`;
  return minutes > 0 ? `${minutes}分` : `${total}秒`;
}

function roughly(seconds: number): string {
  const hours = Math.max(0, seconds) / 3600;
  if (hours < 2) return `${Math.max(10, Math.round(hours * 6) * 10)}分`;
  return hours < 48 ? `${Math.round(hours)}時間` : `${Math.round(hours / 24)}日`;
}

const list = (items: readonly string[]): string => items.join("、");

function some(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return list(names.slice(0, most)) + (more > 0 ? ` ほか${more}件` : "");
}

/** `4〜91%` */
function range(least: string, most: string): string {
  if (least === most) return most;
  const unit = /^[-−]?[\d.,]+( ?[^\d.,]*)$/.exec(most)?.[1] ?? "";
  return `${least.endsWith(unit) ? least.slice(0, least.length - unit.length) : least}〜${most}`;
}

/** Digits are half-width, and nothing stands between a number and its unit. */
export const numbers: NumberWords = {
  thresholdsOf: nothingJudges,
  bytes: (bytes) => `${bytes} B`,
  percent: (value, thresholds) => `${percentDigits(value, "nearest", thresholds ?? [])}%`,
  percentUp: (value, thresholds) => `${percentDigits(value, "up", thresholds ?? [])}%`,
  degrees: (celsius, thresholds) => {
    const isBeside =
      thresholds?.some((threshold) => celsius !== threshold && Math.abs(celsius - threshold) < 1) === true;
    return `${roundBeside(celsius, isBeside ? 1 : 0, thresholds ?? [])}°C`;
  },
  duration,
  roughly,
  shortTime: (amount, unit) => `${amount}${unit === "s" ? "秒" : "ミリ秒"}`,
  timeLeft: (days, thresholds) => {
    if (days <= 0) return "0日";
    const whole = Math.floor(days);
    if (days === whole || thresholds?.includes(whole) !== true) return duration(days * 86_400);
    return `${whole}日${Math.max(1, Math.floor((days - whole) * 24))}時間`;
  },
  expired: (days) => `${duration(days * 86_400)}前に期限切れ`,
  list,
  range,
  some,
  count: {
    alerts: (count) => `アラート${count}件`,
    attempts: (count) => `試行${count}回`,
    checks: (count) => `チェック${count}件`,
    cores: (count) => `${count}コア`,
    days: (count) => `${count}日`,
    disks: (count) => `ディスク${count}件`,
    errors: (count) => `エラー${count}件`,
    gaps: (count) => `欠測${count}回`,
    messages: (count) => `メッセージ${count}件`,
    runs: (count) => `計測${count}回`,
    services: (count) => `サービス${count}件`,
    unsentMessages: (count) => `未送信メッセージ${count}件`,
  },
};
