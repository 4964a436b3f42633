import type { ChartWords } from "../en/chart.ts";
import { numbers } from "./numbers.ts";

const span = (hours: number) => (hours > 72 ? `${Math.round(hours / 24)}日間` : `${hours}時間`);

const withoutZero = (digits: string) => digits.replace(/^0/, "");

export const chart = {
  noData: "データなし",
  received: (port) => `${port} 受信`,
  sent: "送信",
  caption: (alerts, hours, zone) =>
    `${alerts === 0 ? "" : `${numbers.count.alerts(alerts)} · `}過去${span(hours)} · ${zone}`,
  day: (month, day) => `${withoutZero(month)}/${withoutZero(day)}`,
} satisfies ChartWords;
