import { numbers } from "./numbers.ts";

const { count, duration } = numbers;

/** `24 h`, `7 days`, `30 min` */
function span(seconds: number): string {
  const hours = seconds / 3600;
  return Number.isInteger(hours) && hours <= 72 ? `${hours} h` : duration(seconds);
}

/** The history in a terminal. */
export const history = {
  title: (seconds: number): string => `last ${span(seconds)}`,
  runs: count.runs,
  until: (time: string): string => `until ${time}`,
  columns: { minimum: "min", average: "avg", maximum: "max", last: "last" },
  range: numbers.range,
  average: (value: string): string => `avg ${value}`,
  last: (value: string): string => `last ${value}`,
  empty: "nothing measured in that time",
  open: (text: string, since: string, seconds: number): string => `since ${since} ${text}, for ${duration(seconds)}`,
  past: (text: string, from: string, to: string, seconds: number): string =>
    `${from}–${to} ${text}, ${duration(seconds)}`,
  gap: (from: string, to: string, seconds: number): string => `${from}–${to} nothing measured, ${duration(seconds)}`,
};

export type HistoryWords = typeof history;
