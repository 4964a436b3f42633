/** An hour, in milliseconds. */
export const hourMs = 3_600_000;

/** A day, in milliseconds; one of the calendar may have an hour more or less. */
export const dayMs = 24 * hourMs;
