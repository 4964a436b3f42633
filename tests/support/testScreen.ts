import type { Picture, Screen } from "../../lib/terminal/screen.ts";

/** A terminal that remembers what was drawn, and that somebody leaves after so many pictures. */
export interface TestScreen extends Screen {
  readonly pictures: readonly Picture[];
  /** The last picture in some columns and rows. */
  readonly seen: (columns: number, rows: number, top?: number) => readonly string[];
  readonly isClosed: () => boolean;
}

/** The first picture says that there is none yet; what is drawn before is not kept when only the last ones are wanted. */
export function testScreen(leaveAfter: number, kept = Infinity): TestScreen {
  const leaving = new AbortController();
  const pictures: Picture[] = [];
  let drawn = 0;
  let isClosed = false;
  return {
    pictures,
    seen: (columns, rows, top = 0) => pictures.at(-1)?.(columns, rows, top).lines ?? [],
    isClosed: () => isClosed,
    draw: (picture) => {
      pictures.push(picture);
      if (pictures.length > kept) pictures.shift();
      drawn += 1;
      if (drawn === leaveAfter) leaving.abort();
    },
    left: leaving.signal,
    [Symbol.dispose]: () => void (isClosed = true),
  };
}
