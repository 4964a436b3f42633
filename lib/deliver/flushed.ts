/** What a flush of one queue did. */
export interface FlushResult {
  readonly delivered: number;
  /** The outbox's ids of those for which the answer had the id of a message. */
  readonly confirmed: readonly number[];
  /** Still waiting. */
  readonly kept: number;
  /** Why the first of them waits; null when none does. */
  readonly reason: string | null;
  /** Refused for good, whole or in part, and kept as dead letters. */
  readonly refused: number;
  /** Why the first of these was; null when none was. */
  readonly refusal: string | null;
  readonly webhookGone: boolean;
  /** Why the disk refused to write down what happened; null when it did not. */
  readonly fault: string | null;
}

/** Joins the results of two queues. */
export function both(one: FlushResult, other: FlushResult): FlushResult {
  return { ...afterwards(one, other), kept: one.kept + other.kept, reason: one.reason ?? other.reason };
}

/** Joins two flushes of one queue; the second one's rest still waits. */
export function afterwards(one: FlushResult, other: FlushResult): FlushResult {
  return {
    delivered: one.delivered + other.delivered,
    confirmed: [...one.confirmed, ...other.confirmed],
    kept: other.kept,
    reason: other.reason,
    refused: one.refused + other.refused,
    refusal: one.refusal ?? other.refusal,
    webhookGone: one.webhookGone || other.webhookGone,
    fault: one.fault ?? other.fault,
  };
}
