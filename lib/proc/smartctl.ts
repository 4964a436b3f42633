import * as v from "valibot";

const answer = v.object({
  smartctl: v.optional(v.object({ messages: v.optional(v.array(v.object({ string: v.string() })), []) })),
  smart_status: v.optional(v.object({ passed: v.boolean() })),
  ata_smart_attributes: v.optional(
    v.object({ table: v.array(v.object({ id: v.number(), raw: v.object({ value: v.number() }) })) }),
  ),
});

/** What a disk says of itself. */
export interface SmartFinding {
  /** It predicts its own failure; null where it says nothing, as when it sleeps. */
  readonly isFailing: boolean | null;
  /** Sectors that could not be read and wait to be written anew; null where it does not count them. */
  readonly pendingSectors: number | null;
  /** It could not be opened. */
  readonly isClosed: boolean;
}

/** Current_Pending_Sector of ATA disks. */
const pendingId = 197;

/** Parses what `smartctl --json` prints of one disk, `smartctl(8)`, since version 7.0. Throws when it is not that. */
export function parseSmart(json: string): SmartFinding {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), answer), json);
  if (!parsed.success) throw new Error("smartctl's answer is malformed");
  const { smartctl, smart_status: status, ata_smart_attributes: attributes } = parsed.output;
  const messages = smartctl?.messages ?? [];
  return {
    isFailing: status === undefined ? null : !status.passed,
    pendingSectors: attributes?.table.find(({ id }) => id === pendingId)?.raw.value ?? null,
    isClosed: messages.some(({ string }) => /open device.*failed/i.test(string)),
  };
}
