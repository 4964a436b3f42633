/**
 * The exit codes, a promise to scripts and schedulers. The numbers from 64 on are those of `sysexits(3)`.
 */
export const exitCodes = {
  /** Delivered, or nothing to say. */
  ok: 0,
  /** The command line was wrong. */
  usage: 64,
  /** The webhook is gone for good: Discord said so. */
  webhookGone: 69,
  /** A bug of ours. */
  bug: 70,
  /** The state directory is unusable; the message still went out. Or there is no history to be told. */
  noState: 73,
  /** The schedule could not be written. */
  notInstalled: 73,
  /** Not delivered now. */
  notDelivered: 75,
  /** A setting is wrong or missing. */
  config: 78,
} as const;

/** What a run ends with. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
