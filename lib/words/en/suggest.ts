import { numbers } from "./numbers.ts";

const { list } = numbers;

/** What `suggest` says: comments in settings, and names of checks. */
export const suggest = {
  /** A recipe, and by what the thing was recognised. */
  found: (recipe: string, by: readonly string[]): string => `${recipe}: ${list(by)}`,
  access: (command: string): string => `To allow reading it, run once: ${command}`,
  now: (value: string): string => `Now: ${value}`,
  notNow: (reason: string): string => `Not available now: ${reason}`,
  /** A cron job, where it stands, and as whom it runs. */
  job: (place: string): string => `In ${place}; replace it with this line to hear when it fails or does not run:`,
  jobsOf: (user: string): string => `To see the jobs of that user, add to the settings: [jobs] users = ["${user}"]`,
  nothing: "Found nothing to suggest here",
  allThere: "Everything found here is already in the settings",
  written: (file: string, names: readonly string[]): string => `Added to ${file}: ${list(names)}`,
  nothingWritten: (file: string): string => `Nothing to add to ${file}`,
  left: (names: readonly string[]): string => `Not added, because they have no valid answer now: ${list(names)}`,
  by: {
    process: (name: string): string => `process ${name}`,
    container: (name: string): string => `container ${name}`,
    socket: (path: string): string => `socket ${path}`,
    file: (path: string): string => `file ${path}`,
    unit: (name: string): string => `unit ${name}`,
    cron: (place: string): string => `cron job in ${place}`,
  },
  names: {
    inboxWaiting: "Inbox queue",
    deliverWaiting: "Deliver queue",
    inboxDelayed: "Inbox queue, delayed",
    deliverDelayed: "Deliver queue, delayed",
    notes: "Notes",
    posts: "Posts",
    users: "Users",
    instances: "Known servers",
    version: (program: string): string => `${program} version`,
    database: (name: string): string => `Database ${name}`,
    databases: (server: string): string => `${server} databases`,
    connections: (server: string): string => `${server} connections`,
    writeAheadLog: "PostgreSQL write-ahead log",
    memory: (server: string): string => `${server} memory`,
    saved: (server: string): string => `${server} save failed`,
    queue: (name: string): string => `Sidekiq queue ${name}`,
    retries: "Sidekiq retries",
    dead: "Sidekiq dead jobs",
    certificates: (program: string): string => `Certificates of ${program}`,
    certificate: (name: string): string => `Certificate ${name}`,
    backup: (name: string): string => `Backup ${name}`,
  },
};

/** The words of `suggest` in one language. */
export type SuggestWords = typeof suggest;
