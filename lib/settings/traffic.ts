import * as v from "valibot";

import type { TrafficSettings } from "../model/settings.ts";
import { type Meanings, oneOf, wholeBetween } from "./types.ts";

const quotaExpected = 'an amount such as "1 TB"';
const prefixes = ["", "K", "M", "G", "T", "P"];
const amount = /^(\d{1,6}(?:\.\d{1,3})?) ?([KMGTP]?)(i?)B$/i;

function bytesIn(text: string): number {
  const [, digits = "", prefix = "", binary = ""] = amount.exec(text) ?? [];
  return Number(digits) * (binary === "" ? 1000 : 1024) ** prefixes.indexOf(prefix.toUpperCase());
}

/** The entries of `[traffic]`. */
export const trafficEntries = {
  quota: v.pipe(
    v.string(quotaExpected),
    v.trim(),
    v.regex(amount, quotaExpected),
    v.transform(bytesIn),
    v.minValue(1, quotaExpected),
  ),
  resets: v.optional(wholeBetween(1, 31, "a day of the month"), 1),
  count: v.optional(oneOf(["out", "in", "both", "max"]), "out"),
};

/** Meanings of the settings in `[traffic]`. */
export const trafficMeanings: Meanings<typeof trafficEntries> = {
  quota: {
    meaning: "what a month may have; TB as providers count it, or TiB. Without it no traffic is counted",
    default: "must be set",
  },
  resets: {
    meaning: "the day on which the month begins, in the machine's time zone; the last one where there is no 31st",
  },
  count: { meaning: '`"max"`: the larger one of in and out' },
};

/** The decided settings; null where nothing is to be counted. */
export const decideTraffic = (
  traffic: { readonly quota: number; readonly resets: number; readonly count: TrafficSettings["count"] } | undefined,
): TrafficSettings | null =>
  traffic === undefined ? null : { quotaBytes: traffic.quota, resets: traffic.resets, count: traffic.count };
