const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The month's traffic. Amounts of bytes come in as text. */
export const trafficWords = {
  label: "Month's traffic",
  begins: "counting from now on",
  short: (used: string): string => `${used} used`,
  used: (used: string, quota: string): string => `${used} of ${quota}`,
  left: (bytes: string): string => `${bytes} left`,
  beyond: (bytes: string): string => `${bytes} over`,
  /** On the day on which the next one begins; January is 1. */
  projected: (bytes: string, month: number, day: number): string =>
    `about ${bytes} by ${months[month - 1] ?? month} ${day}`,
};
