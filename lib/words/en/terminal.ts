import { numbers } from "./numbers.ts";

/** `temperature`, but `RAID`. */
const inSentence = (label: string): string =>
  /^\p{Lu}\p{Ll}/u.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;

/** The report in a terminal. */
export const terminal = {
  absent: (labels: readonly string[]): string => `Not here: ${numbers.list(labels.map(inSentence))}`,
};
