import * as v from "valibot";

import type { Meanings } from "./types.ts";

const usersExpected = 'a list of users, such as ["postgres"]';

/** The entries of `[jobs]`. */
export const jobsEntries = {
  users: v.array(v.pipe(v.string(usersExpected), v.regex(/^[\w.@-]{1,64}\$?$/, usersExpected)), usersExpected),
};

/** Meanings of the settings in `[jobs]`. */
export const jobsMeanings: Meanings<typeof jobsEntries> = {
  users: {
    meaning: "users whose `server-metrics job` runs are told, too, where root or this user may read them",
    default: "none",
  },
};
