import * as v from "valibot";

const json = v.pipe(
  v.string(),
  v.check((text) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }, "is not JSON"),
);

/** A row of the outbox as the database has it; times in milliseconds since the epoch. */
export const outboxRow = v.object({
  id: v.number(),
  kind: v.picklist(["report", "digest", "alert", "live"]),
  created_at: v.number(),
  /** The Discord message, JSON. */
  body: json,
  /** What a digest needs of this report, JSON; null for alerts. */
  digest: v.nullable(v.string()),
  /** The PNG that goes along, kept apart so that it can be left behind. */
  picture: v.nullish(v.instance(Uint8Array), null),
  /** POSTs begun, counted before each. */
  attempts: v.number(),
  /** 1 once a POST may have arrived. */
  ambiguous: v.number(),
  /** 1 when this is the plain message in place of one that Discord refused. */
  reduced: v.number(),
  not_before: v.number(),
  /** Why the last POST failed. */
  reason: v.nullable(v.string()),
});
export type OutboxRow = v.InferOutput<typeof outboxRow>;
