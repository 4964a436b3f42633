/** The report in the whole terminal. */
export const watch = {
  measuring: "measuring …",
  quit: "q quits",
  hidden: (lines: number): string => `${lines} more lines do not fit`,
};

export type WatchWords = typeof watch;
