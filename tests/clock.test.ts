import { expect, test } from "bun:test";

import { systemClock } from "../lib/clock.ts";

/** A signal that lets its listeners be counted. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (type: "abort", listener: () => void) => {
      listeners.add(listener);
      add(type, listener);
    },
    removeEventListener: (_type: "abort", listener: () => void) => void listeners.delete(listener),
  });
  return { controller, signal, listeners };
}

test("a sleep that is over leaves nothing behind at its signal", async () => {
  const { signal, listeners } = countedSignal();
  await systemClock.sleep(0, signal);
  expect(listeners.size).toBe(0);
});

test("a sleep ends with the reason of its signal", async () => {
  const { controller, signal } = countedSignal();
  const sleeping = systemClock.sleep(1e9, signal);
  controller.abort("left");
  expect(await sleeping.catch((reason: unknown) => reason)).toBe("left");
});
