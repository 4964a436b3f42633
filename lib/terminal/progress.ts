/** Says in one line what a run is waiting for, once that has lasted; null: nothing any more, and the line goes away. */
export type Progress = (what: string | null) => void;

/** Runs something later, unless what it returns is called before. */
export type Later = (ms: number, run: () => void) => () => void;

/** What takes less is not worth a word. */
const patienceMs = 500;

/** Writes to a terminal that is so many columns wide; a longer line would not go away. */
export function createProgress(write: (text: string) => void, columns: () => number, later: Later): Progress {
  let line = "";
  let isVisible = false;
  let cancel: (() => void) | null = null;
  const draw = () => {
    isVisible = true;
    write(`\r${line.slice(0, columns() - 1)}\u001B[K`);
  };
  const clear = () => {
    cancel?.();
    cancel = null;
    if (isVisible) write("\r\u001B[K");
    isVisible = false;
  };
  return (what) => {
    if (what === null) return clear();
    line = `${what} …`;
    cancel ??= later(patienceMs, draw);
    if (isVisible) draw();
  };
}
