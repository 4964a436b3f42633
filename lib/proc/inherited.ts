import { parseHexDigit } from "./number.ts";

/** The limit of open files that binds, out of `proc_pid_limits(5)`: digits or `unlimited`, as `ulimit` takes it; "" if unknown. */
export function parseSoftLimit(limits: string): string {
  return /^Max open files +(\d{1,19}|unlimited) /m.exec(limits)?.[1] ?? "";
}

/** Whether a process ignores a signal by its number: `SigIgn` of `proc_pid_status(5)`, a mask in hexadecimal. */
export function ignores(status: string, signal: number): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]{1,16})$/m.exec(status)?.[1]?.padStart(16, "0") ?? "";
  const digit = parseHexDigit(mask.at(-1 - Math.floor((signal - 1) / 4)) ?? "0");
  return (digit & (1 << ((signal - 1) % 4))) !== 0;
}
