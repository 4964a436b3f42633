import { expect, test } from "bun:test";

import type { Transition } from "../../lib/alerts/alert.ts";
import { headline, summarizeNow, formatValue } from "../../lib/alerts/text.ts";
import { createThresholdsOf } from "../../lib/settings/alerts.ts";
import { en } from "../../lib/words/en.ts";

const hourMs = 3_600_000;
const disk: Transition = {
  kind: "raised",
  rule: "storage_used",
  labels: { mount: "/" },
  from: null,
  to: "warning",
  value: 86.3,
  threshold: 85,
  sinceMs: 0,
  untilMs: 0,
};
const web: Transition = {
  ...disk,
  rule: "http_down",
  labels: { check: "https://a.example" },
  to: "critical",
  value: 0,
  threshold: 0,
};
const over = { kind: "recovered", from: "critical", to: null, threshold: null, untilMs: 3.5 * hourMs } as const;

test.each([
  ["disk / 87 % full: warning", disk],
  [
    "disk / 97 % full: now critical",
    { ...disk, kind: "worse", from: "warning", to: "critical", value: 96.2, threshold: 95, untilMs: 2 * hourMs },
  ],
  [
    "disk / 89 % full: warning, no longer critical",
    { ...disk, kind: "better", from: "critical", value: 89, untilMs: 2 * hourMs },
  ],
  [
    "disk / 97 % full: still critical, for 12 h",
    { ...disk, kind: "reminder", from: "critical", to: "critical", value: 97, threshold: 95, untilMs: 12 * hourMs },
  ],
  ["disk / back to 41 %, after 3 h 30 min", { ...disk, ...over, value: 41 }],
  ["disk / 86 % full: warning, on and off", { ...disk, kind: "flapping", value: 86 }],
  ["disk / 91 % full, less than 1 GiB free: critical", { ...disk, to: "critical", value: 91, threshold: null }],
  ["https://a.example is down: critical", web],
  ["https://a.example is up again, after 3 h 30 min", { ...web, ...over }],
  ["memory 96 % used: critical", { ...disk, rule: "memory", labels: {}, to: "critical", value: 4.2, threshold: 5 }],
  [
    "certificate for a.example expired: critical",
    { ...disk, rule: "certificate", labels: { check: "a.example" }, to: "critical", value: -2, threshold: 3 },
  ],
] satisfies readonly (readonly [string, Transition])[])("%s", (text, transition) => {
  expect(headline(transition, en)).toBe(text);
});

test("on a card, what was not seen now says when it was last", () => {
  const alert = { ...disk, key: "", severity: "warning", easing: false, sinceMs: 0 } as const;
  expect(summarizeNow({ ...alert, lastSeenMs: null }, 3 * hourMs, en)).toBe("disk / 87 % full");
  expect(summarizeNow({ ...alert, lastSeenMs: 0 }, 3 * hourMs, en)).toBe("disk / 87 % full (last seen 3 h ago)");
});

test("on a card, what is well again but not yet for sure is not said to be bad", () => {
  const alert = { ...web, key: "", severity: "critical", sinceMs: 0, lastSeenMs: null } as const;
  expect(summarizeNow({ ...alert, easing: false }, 0, en)).toBe("https://a.example is down");
  expect(summarizeNow({ ...alert, easing: true }, 0, en)).toBe("https://a.example is up again (still watching)");
  const number = { ...alert, ...disk, severity: "critical", value: 84 } as const;
  expect(summarizeNow({ ...number, easing: false }, 0, en)).toBe("disk / 84 % full");
  expect(summarizeNow({ ...number, easing: true, value: 41 }, 0, en)).toBe("disk / back to 41 % (still watching)");
});

test("a label that looks like a pattern stays as it is", () => {
  expect(headline({ ...disk, labels: { mount: "/$&{mount}" } }, en)).toBe("disk /$&{mount} 87 % full: warning");
});

test("a mount that is called {value} is not taken for the number", () => {
  expect(headline({ ...disk, labels: { mount: "/{value}" } }, en)).toBe("disk /{value} 87 % full: warning");
});

test("a number is told as its rule tells it", () => {
  expect(formatValue(2.4, "load", {}, en)).toBe("2.40");
  expect(formatValue(75, "clock", {}, en)).toBe("1 min");
  expect(formatValue(5.2, "certificate", {}, en)).toBe("5 d 4 h");
  expect(formatValue(3.5, "storage_full_soon", {}, en)).toBe("4 h");
  expect(formatValue(88.4, "temperature", {}, en)).toBe("88 °C");
  expect(formatValue(4, "memory", {}, en)).toBe("96 %");
});

test("a number is never told as the threshold that it has not reached", () => {
  const words = {
    ...en,
    thresholdsOf: createThresholdsOf({ storage_used: { targets: { "/backup": { warning: 97 } } } }),
  };
  expect(formatValue(84.97, "storage_used", { mount: "/" }, words)).toBe("84.9 %");
  expect(formatValue(84.97, "storage_used", { mount: "/backup" }, words)).toBe("85 %");
  expect(formatValue(96.2, "storage_used", { mount: "/backup" }, words)).toBe("96.2 %");
  expect(formatValue(10.03, "memory", {}, words)).toBe("89.9 %");
  expect(formatValue(10, "memory", {}, words)).toBe("90 %");
  expect(formatValue(89.6, "cpu_busy", { window: "report" }, words)).toBe("89.6 %");
  expect(formatValue(1.996, "load", {}, words)).toBe("1.99");
  expect(formatValue(79.6, "temperature", { sensor: "cpu" }, words)).toBe("79.6 °C");
  expect(formatValue(14.01, "certificate", { check: "blog" }, words)).toBe("14 d 1 h");
  expect(formatValue(14, "certificate", { check: "blog" }, words)).toBe("14 days");
});
