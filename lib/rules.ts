/** How bad something is. */
export type Severity = "warning" | "critical";

/** Which observation is judged, and where the lines are. */
export interface Rule {
  /** The observation's name; each set of its labels is a target of its own. */
  readonly observation: string;
  /** The critical line lies beyond the warning line, on the bad side: above it for used space, below it for free. */
  readonly warning: number;
  readonly critical: number;
  /** What a person calls the thing in a headline; `{mount}` is filled from the labels. */
  readonly subject: string;
  /** What the headline shows: the observation's percent, or its complement where low is bad. */
  readonly show: "value" | "complement";
}

/** The lines that decide the card's verdict. On the line counts as over it. */
export const rules: readonly Rule[] = [
  { observation: "storage_used_percent", warning: 85, critical: 95, subject: "disk {mount}", show: "value" },
  { observation: "storage_inodes_used_percent", warning: 85, critical: 95, subject: "inodes {mount}", show: "value" },
  { observation: "memory_available_percent", warning: 10, critical: 5, subject: "memory", show: "complement" },
];
