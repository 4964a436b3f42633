import * as v from "valibot";

import { hourMs, minuteMs } from "../clock.ts";
import { hasZone } from "../format.ts";

/*
 * Kinds of settings. The message of each is what the setting wants: an error says it as "expected …".
 */

/** A setting in the table that `npm run docs` writes. Its default is in the schema, or in words here. */
export interface SettingMeaning {
  readonly meaning: string;
  readonly default?: string;
}

/** The meaning of every setting of a table: one without a meaning does not compile. */
export type Meanings<Entries> = Readonly<Record<keyof Entries, SettingMeaning>>;

/** A number from `least` to `most`; `what` is "a number of seconds" or the like. */
export function numberBetween(least: number, most: number, what: string): v.GenericSchema<number> {
  const expected = `${what} from ${least} to ${most}`;
  return v.pipe(v.number(expected), v.minValue(least, expected), v.maxValue(most, expected));
}

/** A whole number from `least` to `most`. */
export function wholeBetween(least: number, most: number, what: string): v.GenericSchema<number> {
  const expected = `${what} from ${least} to ${most}`;
  const fits = (value: number) => Number.isInteger(value) && value >= least && value <= most;
  return v.pipe(v.number(expected), v.check(fits, expected));
}

/** One of a few words. */
export function oneOf<const Options extends readonly [string, ...string[]]>(
  options: Options,
): v.GenericSchema<Options[number]> {
  return v.picklist(options, options.map((option) => JSON.stringify(option)).join(" or "));
}

/** A text of 1 to `most` characters. */
export function shortText(most: number, what = "a text"): v.GenericSchema<string> {
  const expected = `${what} of 1 to ${most} characters`;
  return v.pipe(v.string(expected), v.trim(), v.nonEmpty(expected), v.maxLength(most, expected));
}

/** An id of Discord's, as text: a number would lose the last of its digits. */
export function discordId(): v.GenericSchema<string> {
  return v.pipe(v.string("an id in quotes"), v.regex(/^\d{17,20}$/, "an id of 17 to 20 digits, in quotes"));
}

/** A web address, http or https. */
export function webAddress(): v.GenericSchema<string> {
  const expected = 'an address such as "https://post.example.net"';
  return v.pipe(v.string(expected), v.trim(), v.check(isWebAddress, expected));
}

/** Whether a text is an http or https address. */
export function isWebAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}

/** A time such as `20m` or `2h`; becomes milliseconds. */
export function minutesOrHours(): v.GenericSchema<string, number> {
  const expected = 'a time such as "20m" or "2h"';
  const units: Readonly<Record<string, number>> = { m: minuteMs, h: hourMs };
  return v.pipe(
    v.string(expected),
    v.regex(/^\d{1,4}[mh]$/, expected),
    v.transform((text) => Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? 0)),
  );
}

/** When a digest is due: each day, or on one day of the week. */
export function digestTimes(): v.GenericSchema<string> {
  const expected = 'a time of day such as "08:00", or with a day of the week such as "monday 08:00"';
  const days = "(?:sun|mon|tues|wednes|thurs|fri|satur)day";
  return v.pipe(v.string(expected), v.regex(new RegExp(`^(?:${days} )?([01]\\d|2[0-3]):[0-5]\\d$`), expected));
}

/** Two times of day, `23:00-07:00`. */
export function timesOfDay(): v.GenericSchema<string> {
  const expected = 'two times of day such as "23:00-07:00"';
  const time = String.raw`([01]\d|2[0-3]):[0-5]\d`;
  return v.pipe(v.string(expected), v.regex(new RegExp(`^${time}-${time}$`), expected));
}

/** A time zone, by its name in the IANA database. */
export function timeZone(): v.GenericSchema<string> {
  const expected = 'a time zone such as "Asia/Tokyo"';
  return v.pipe(v.string(expected), v.check(isTimeZone, expected));
}

function isTimeZone(name: string): boolean {
  if (hasZone(name)) return true;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
