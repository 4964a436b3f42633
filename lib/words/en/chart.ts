import { numbers } from "./numbers.ts";

/** `24 hours`, `7 days` */
function span(hours: number): string {
  if (hours > 72) return `${Math.round(hours / 24)} days`;
  return hours === 1 ? "hour" : `${hours} hours`;
}

/** The chart; what its curves are called is in the rows. */
export const chart = {
  noData: "no data",
  received: (port: string): string => `${port} in`,
  sent: "out",
  caption: (alerts: number, hours: number, zone: string): string =>
    `${alerts === 0 ? "" : `${numbers.count.alerts(alerts)} · `}last ${span(hours)} · ${zone}`,
  /** A mark on the axis: `08-01`. */
  day: (month: string, day: string): string => `${month}-${day}`,
};

export type ChartWords = typeof chart;
