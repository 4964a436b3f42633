import { numbers } from "./numbers.ts";

/** `temperature`, but `RAID`. */
const inSentence = (label: string): string =>
  /^\p{Lu}\p{Ll}/u.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;

/** The report in a terminal. */
export const terminal = {
  /** How many rows only `--all` has. */
  more: (rows: number): string => `${rows} more ${rows === 1 ? "number" : "numbers"}: --all`,
  works: "works",
  runs: "runs",
  problems: (problems: number): string => (problems === 1 ? "1 problem" : `${problems} problems`),
  /** What was looked at, by its name in JSON. */
  part: (name: string): string => name.charAt(0).toUpperCase() + name.slice(1),
  program: (version: string): string => `server-metrics ${version}`,
  absent: (labels: readonly string[]): string => `Not on this machine: ${numbers.list(labels.map(inSentence))}`,
};
