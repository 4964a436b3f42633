import { expect, test } from "bun:test";

import { createProgress } from "../../lib/terminal/output.ts";

/** A terminal of 20 columns, and a clock that strikes when it is told to. */
function testProgress() {
  const waiting = new Set<() => void>();
  const seen = { text: "" };
  const later = (ms: number, run: () => void) => {
    expect(ms).toBe(500);
    waiting.add(run);
    return () => void waiting.delete(run);
  };
  const progress = createProgress(
    (text) => void (seen.text += text),
    () => 20,
    later,
  );
  const strike = () => {
    for (const run of waiting) run();
  };
  return { progress, seen, strike };
}

test("what is over within half a second is not worth a word", () => {
  const { progress, seen, strike } = testProgress();
  progress("reading Memory");
  progress(null);
  strike();
  expect(seen.text).toBe("");
});

test("what lasts is told in one line that changes and goes away", () => {
  const { progress, seen, strike } = testProgress();
  progress("reading");
  strike();
  progress("sending");
  progress(null);
  expect(seen.text).toBe("\rreading …\u001B[K\rsending …\u001B[K\r\u001B[K");
});

test("a line that the terminal has no room for is cut, as one of two lines would stay", () => {
  const { progress, seen, strike } = testProgress();
  progress("reading this and that and more");
  strike();
  expect(Bun.stringWidth(seen.text)).toBeLessThan(20);
});
