/**
 * The exit codes, a promise to scripts and schedulers. The numbers from 64 on are those of `sysexits(3)`.
 */
export const exitCodes = {
  ok: 0,
  usage: 64,
  webhookGone: 69,
  bug: 70,
  noState: 73,
  notInstalled: 73,
  notDelivered: 75,
  config: 78,
} as const;

/** The meaning of each, for the table that `npm run docs` writes. */
export const exitMeanings = {
  ok: "delivered, or nothing to say; also when another run is still at work",
  usage: "the command line is wrong",
  webhookGone: "the webhook is gone for good: Discord says so. No further request until the address changes",
  bug: "a bug",
  noState: "the state directory is unusable; the message still went out. `history`: there is none",
  notInstalled: "`install`: not installed",
  notDelivered:
    "not delivered now, and kept for the next run; or refused by Discord for good, and kept among the dead letters. `history --png`: the picture could not be drawn or written. `status`: it does not run",
  config: "a setting is wrong or missing, or the state was written by a newer version",
} as const satisfies Record<keyof typeof exitCodes, string>;

/** The exit code of a run. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
