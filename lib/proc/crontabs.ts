/** A line of a crontab that runs something, `crontab(5)`. */
export interface CronLine {
  readonly line: string;
  /** The first word of its command: the others may hold a password. */
  readonly program: string;
}

/** Parses a crontab; one of the system has the user's name before the command. */
export function parseCrontab(text: string, hasUser: boolean): readonly CronLine[] {
  return text.split("\n").flatMap((typed) => {
    const line = typed.replace(/\s+/g, " ").trim();
    if (line === "" || line.startsWith("#") || /^\w+ ?=/.test(line)) return [];
    const fields = line.split(" ");
    const before = (line.startsWith("@") ? 1 : 5) + (hasUser ? 1 : 0);
    const program = fields.slice(before).find((word) => !/^\w+=/.test(word));
    return program === undefined ? [] : [{ line, program: program.replace(/^["']|["']$/g, "") }];
  });
}
