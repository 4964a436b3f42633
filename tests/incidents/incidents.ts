/** One thing that goes wrong on a server. */
export interface Incident {
  /** In the words of the table. */
  readonly name: string;
  /**
   * `live`: files, mounts, processes, sockets and control groups of the machine that the campaign runs on, read by the
   * program itself. `captured`: what the kernel would say is written down, because it cannot be provoked everywhere.
   */
  readonly made: "live" | "captured";
  /** What happens, in a sentence. */
  readonly happens: string;
  /** What the first message must name, all of it, letter by letter. */
  readonly causes: readonly string[];
}

/** Every incident of the campaign. The causes were written down before anything looked for them. */
export const incidents = {
  runawayLog: {
    name: "runaway log",
    made: "live",
    happens: "A program writes its log onto a disk until it is nearly full.",
    causes: ["/srv/app/log"],
  },
  walPileUp: {
    name: "WAL pile-up",
    made: "live",
    happens: "PostgreSQL keeps its write-ahead log for a replica that is gone.",
    causes: ["pg_wal"],
  },
  deletedFile: {
    name: "deleted but open file",
    made: "live",
    happens: "A log was removed while the program that writes it goes on, so no directory has it.",
    causes: ["hoarder"],
  },
  images: {
    name: "unused images",
    made: "live",
    happens: "Docker's images fill the disk that they lie on.",
    causes: ["docker image prune"],
  },
  leak: {
    name: "leak after an upgrade",
    made: "captured",
    happens: "A service takes more and more memory since its package was upgraded an hour ago.",
    causes: ["sidekiq.service", "ruby-sidekiq"],
  },
  loopingUnit: {
    name: "unit that loops",
    made: "captured",
    happens: "A service ends as soon as it was started, and systemd starts it again.",
    causes: ["flaky.service keeps restarting"],
  },
  stuckQueue: {
    name: "stuck queue",
    made: "live",
    happens: "A queue that a check of the owner's counts is not emptied any more.",
    causes: ["Inbox queue 812"],
  },
  expiredCertificate: {
    name: "expired certificate",
    made: "live",
    happens: "A page is served with a certificate of last year.",
    causes: ["certificate expired"],
  },
  missedBackup: {
    name: "backup that stopped",
    made: "live",
    happens: "A job that ran each night was not started any more.",
    causes: ["pg_dump did not run"],
  },
  missingDisk: {
    name: "disk not mounted after a reboot",
    made: "live",
    happens: "The machine was started anew, and a disk of /etc/fstab did not come back.",
    causes: ["/mnt/media is not mounted", "rebooted"],
  },
  oomInGroup: {
    name: "OOM in a control group",
    made: "live",
    happens: "A service takes more memory than its own limit, and the kernel kills it.",
    causes: ["eater.service"],
  },
  forkStorm: {
    name: "fork storm",
    made: "live",
    happens: "A service starts one short-lived process after the other; none of them lives long enough to be seen.",
    causes: ["forker.service"],
  },
  swapStorm: {
    name: "swap storm",
    made: "captured",
    happens: "A service has outgrown the memory, and everything is moved to swap and back.",
    causes: ["importer.service"],
  },
  ioHog: {
    name: "I/O hog",
    made: "live",
    happens: "One program writes so much that all others wait for the disk.",
    causes: ["scribbler"],
  },
  conntrackFlood: {
    name: "conntrack flood",
    made: "captured",
    happens: "One address opens connections until the table of the firewall is full.",
    causes: ["203.0.113.66"],
  },
  newKey: {
    name: "new key",
    made: "live",
    happens: "Somebody adds an SSH key for root.",
    causes: ["mallory@laptop"],
  },
  newUser: {
    name: "new user",
    made: "live",
    happens: "Somebody adds a user who can log in.",
    causes: ["mallory"],
  },
  sudoers: {
    name: "sudoers",
    made: "live",
    happens: "Somebody adds a file that lets a user become root.",
    causes: ["/etc/sudoers.d/mallory"],
  },
  newUnit: {
    name: "new unit",
    made: "live",
    happens: "Somebody adds a service that starts at boot.",
    causes: ["miner.service"],
  },
  cronLine: {
    name: "cron line",
    made: "live",
    happens: "Somebody adds a file of cron that fetches and runs something.",
    causes: ["/etc/cron.d/fetch"],
  },
  openPort: {
    name: "open port",
    made: "live",
    happens: "A program listens to the whole world.",
    causes: ["4444"],
  },
  preload: {
    name: "preloaded library",
    made: "live",
    happens: "Somebody has a library loaded into every program.",
    causes: ["/etc/ld.so.preload"],
  },
  setuid: {
    name: "setuid file",
    made: "live",
    happens: "Somebody leaves a copy of a shell that runs as root.",
    causes: ["/usr/local/bin/rootshell"],
  },
  changedBinary: {
    name: "changed binary",
    made: "live",
    happens: "Somebody puts another program in this one's place.",
    causes: ["/usr/local/bin/server-metrics"],
  },
  clockJump: {
    name: "clock jump",
    made: "live",
    happens: "The clock is set forward by an hour while the machine runs.",
    causes: ["clock set forward by 1 h"],
  },
  brokenDns: {
    name: "DNS broken",
    made: "live",
    happens: "No name can be looked up any more, so that a page cannot be asked for.",
    causes: ["host not found in DNS"],
  },
  fullInodes: {
    name: "full inodes",
    made: "live",
    happens: "Sessions that nobody removes use up the inodes of a disk that has room.",
    causes: ["/srv/www/sessions"],
  },
  raidMember: {
    name: "RAID member out",
    made: "captured",
    happens: "A disk of a mirror is not there any more.",
    causes: ["sdb1"],
  },
  stealBurst: {
    name: "steal burst",
    made: "captured",
    happens: "The host gives the CPUs of this machine to others.",
    causes: ["the host is short of CPU"],
  },
  deadEngine: {
    name: "dead Docker engine",
    made: "live",
    happens: "Docker's socket is there, and nobody answers on it.",
    causes: ["docker.sock"],
  },
} as const satisfies Record<string, Incident>;

export type IncidentName = keyof typeof incidents;
