import * as v from "valibot";

import { timeMs } from "../../clock.ts";
import { Change } from "../../model/change.ts";

/** What one look knows, for the next to compare with. */
export const Kept = v.object({
  /** With another one nothing is compared: an update that reads facts in another way must not announce them all. */
  form: v.literal(1),
  atMs: timeMs,
  /** When the look of the day was; null for never. */
  errandMs: v.nullable(timeMs),
  /** The files that were read, a line each, and a hash of their stamps; the same of the packages. */
  files: v.string(),
  stamp: v.string(),
  packages: v.string(),
  /** All facts by kind. Packed, because they are read only where something changed. */
  facts: v.string(),
  /** Of each protocol: how many sockets wait for others, which ports of them are open to the world, and when that was read. */
  listening: v.record(v.string(), v.object({ sockets: v.number(), ports: v.array(v.string()), atMs: timeMs })),
  /** When each open port was last seen: a service that is restarted has none for a moment. */
  ports: v.record(v.string(), timeMs),
  /** Sockets of UDP that are new, by port: those that are there in the next look, too, are told. */
  waiting: v.record(v.string(), v.number()),
  addresses: v.array(v.string()),
  /** When each package was last installed or changed, of the last days: what it brings is not loud. */
  touched: v.record(v.string(), timeMs),
  /** Since when a package manager is at work: what it may bring is compared when it is done. */
  workingSinceMs: v.optional(v.nullable(timeMs), null),
  /** What this user may not read. */
  closed: v.array(v.string()),
  /** What this look found. */
  found: v.array(Change),
});
export type Kept = v.InferOutput<typeof Kept>;
