import { printable } from "../format.ts";

/**
 * Discord's limits for a message, in code points after trimming. Source: Discord's documentation of webhooks and of
 * embed limits; the sum is not in its published schema.
 */
export const discordLimits = {
  username: 80,
  content: 2000,
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  footer: 2048,
  /** Over all texts of all embeds. */
  total: 6000,
} as const;

/** Length as Discord counts it. */
export function lengthOf(text: string): number {
  return Array.from(text.trim()).length;
}

/** At most `limit` code points, the last one an ellipsis if something was cut. */
export function clip(text: string, limit: number): string {
  const points = Array.from(text.trim());
  return points.length <= limit
    ? points.join("")
    : `${points
        .slice(0, limit - 1)
        .join("")
        .trimEnd()}…`;
}

/**
 * The machine's name as the author of a message: never empty, reserved, or with Discord's own names in it. Nothing where
 * nothing of it may stay, so that the webhook's own name shows.
 */
export function authorFrom(name: string): { readonly username?: string } {
  const tamed = printable(name)
    .replace(/(dis)(cord)|(cly)(de)/gi, "$1$3-$2$4")
    .trim();
  return tamed === "" || /^(everyone|here)$/i.test(tamed) ? {} : { username: clip(tamed, discordLimits.username) };
}
