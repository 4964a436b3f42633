/** The report in the whole terminal. */
export const watch = {
  measuring: "measuring…",
  quit: "q: quit",
  hidden: (lines: number): string => `${lines} more ${lines === 1 ? "line" : "lines"} below`,
};

export type WatchWords = typeof watch;
