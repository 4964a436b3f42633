import type { Change } from "../../model/change.ts";
import { numbers } from "./numbers.ts";

const { list } = numbers;

const inBrackets = (text: string | null): string => (text === null || text === "" ? "" : ` (${text})`);
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
const done = { added: "installed", changed: "upgraded", removed: "removed" } as const;

/** `14 packages upgraded, among them postgresql-15 and libssl3` */
function packages(change: Change): string {
  const { action, subject, names, count, after } = change;
  if (count === 1) return `${subject} ${done[action]}${action === "changed" ? ` to ${after ?? "?"}` : ""}`;
  return `${count} packages ${done[action]}, among them ${list(names.slice(0, 2))}`;
}

/** `45 new units, among them ssh.socket, cron.service` */
function many(change: Change): string {
  const { kind, action, names, count } = change;
  const noun = kind === "cron" ? "cron files" : kind === "setuid" ? "setuid programs" : "units";
  const what = action === "added" ? `new ${noun}` : `${noun} ${action}`;
  return `${count} ${what}, among them ${list(names.slice(0, 2))}`;
}

function unit(change: Change): string {
  const { action, subject, before, after } = change;
  if (action === "added") return `new unit ${subject}`;
  if (action === "removed") return `unit ${subject} removed`;
  if (after === "enabled") return `unit ${subject} enabled`;
  return `unit ${subject} ${before === "enabled" && after === null ? "disabled" : "changed"}`;
}

function program(change: Change): string {
  const { subject, before, after } = change;
  return before === after ? `this program was modified: ${subject}` : `server-metrics updated to ${after ?? "?"}`;
}

type Loud = "key" | "user" | "sudo" | "sudoers" | "unit" | "cron" | "port" | "preload" | "setuid";

function quietNews(change: Change & { readonly kind: Exclude<Change["kind"], Loud> }): string {
  const { kind, action, subject, before, after } = change;
  switch (kind) {
    case "package":
      return packages(change);
    case "restart":
      return `${subject.replace(/\.service$/, "")} restarted`;
    case "reboot":
      return before === after ? "rebooted" : `rebooted into kernel ${after ?? "?"}`;
    case "mount":
      return `${subject} ${action === "removed" ? "unmounted" : "mounted"}`;
    case "disk":
      return `disk ${subject} ${action === "removed" ? "is gone" : "is new"}`;
    case "address":
      return `address ${subject} ${action === "removed" ? "is gone" : "is new"}`;
    case "hostname":
      return `hostname is now ${after ?? "?"}`;
    case "timezone":
      return `time zone is now ${after ?? "?"}`;
    case "program":
      return program(change);
    case "settings":
      return `settings changed: ${subject}`;
  }
}

function news(change: Change): string {
  const { kind, action, subject, before, after, detail, names } = change;
  if (names.length > 1 && kind !== "package") return many(change);
  switch (kind) {
    case "key":
      return action === "removed" ? `SSH key of ${subject} removed` : `new SSH key for ${subject}`;
    case "user":
      if (action === "changed") return `login of ${subject} changed`;
      return action === "added" ? `new login user ${subject}` : `login user ${subject} removed`;
    case "sudo":
      return action === "removed"
        ? `${subject} can no longer become root${inBrackets(before)}`
        : `${subject} can now become root${inBrackets(after)}`;
    case "sudoers":
      if (action === "changed") return `sudo rights changed in ${subject}`;
      return action === "added" ? `new sudo rights in ${subject}` : `sudo rights removed: ${subject}`;
    case "unit":
      return unit(change);
    case "cron":
      if (action === "changed") return `cron jobs changed in ${subject}`;
      return action === "added" ? `new cron jobs in ${subject}` : `cron jobs removed: ${subject}`;
    case "port":
      return action === "removed" ? `port ${subject} closed` : `port ${subject} open to the world${inBrackets(detail)}`;
    case "preload":
      return action === "removed" ? `${subject} no longer preloaded` : `every program now loads ${subject}`;
    case "setuid":
      return action === "removed" ? `${subject} no longer setuid` : `new setuid program ${subject}`;
    case "package":
    case "restart":
    case "reboot":
    case "mount":
    case "disk":
    case "address":
    case "hostname":
    case "timezone":
    case "program":
    case "settings":
      return quietNews({ ...change, kind });
  }
}

/** What changed on the machine. */
export const changes = {
  title: "Changes",
  /** What is compared, and how much of it is not readable. */
  watched: (ports: number, closed: number): string =>
    `${counted(ports, "open port")} known${closed === 0 ? "" : `, ${counted(closed, "file")} not readable`}`,
  news,
  /** The same in a list: with what brought it. */
  because: (text: string, by: string): string => `${text} (${by})`,
  /** What an alert says besides. */
  detail: (change: Change): string => {
    const { kind, subject, after, detail, count } = change;
    const what = after === null || ["sudo", "port", "program"].includes(kind) ? [] : [after];
    const where = detail === null || kind === "port" || detail === subject || detail === after ? [] : [`in ${detail}`];
    const more = count > 1 && kind !== "unit" ? [`${count} in all`] : [];
    return list([...what, ...where, ...more]);
  },
  hint: "was it you?",
  lately: (entries: readonly string[], more: number): string =>
    `changed: ${[...entries, ...(more === 0 ? [] : [`${more} more`])].join(" · ")}`,
  /** The list of a command. */
  inAll: (days: number, count: number): string =>
    `${numbers.count.days(days)}, ${count === 0 ? "no changes" : count === 1 ? "1 change" : `${count} changes`}`,
  none: "nothing changed in that time, as far as could be seen",
};
