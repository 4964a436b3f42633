import type { HistoryWords } from "../en/history.ts";
import { numbers } from "./numbers.ts";

function span(seconds: number): string {
  const hours = seconds / 3600;
  if (Number.isInteger(hours) && hours <= 72) return `${hours}時間`;
  return seconds % 86_400 === 0 ? `${seconds / 86_400}日間` : numbers.duration(seconds);
}

export const history = {
  title: (seconds) => `過去${span(seconds)}`,
  runs: numbers.count.runs,
  until: (time) => `${time} まで`,
  columns: { minimum: "最小", average: "平均", maximum: "最大", last: "最新" },
  range: numbers.range,
  average: (value) => `平均 ${value}`,
  last: (value) => `最新 ${value}`,
  empty: "この期間の計測データなし",
  open: (text, since, seconds) => `${since} から${numbers.duration(seconds)}継続中: ${text}`,
  past: (text, from, to, seconds) => `${from}〜${to} ${text}（${numbers.duration(seconds)}）`,
  gap: (from, to, seconds) => `${from}〜${to} 計測なし（${numbers.duration(seconds)}）`,
} satisfies HistoryWords;
