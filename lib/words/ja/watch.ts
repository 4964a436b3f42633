import type { WatchWords } from "../en/watch.ts";

export const watch = {
  measuring: "計測中…",
  quit: "q: 終了",
  hidden: (lines) => `下にあと${lines}行`,
} satisfies WatchWords;
