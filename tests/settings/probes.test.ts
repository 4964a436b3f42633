import { expect, test } from "bun:test";

import { activeRule } from "../../lib/settings/alerts.ts";
import { decide } from "../../lib/settings/decide.ts";
import { redact, secretsOf } from "../../lib/settings/secrets.ts";
import { probeOf } from "../support/probes.ts";

const problemsOf = (...probe: readonly object[]) => {
  const decided = decide([{ values: { probe }, nameOf: (setting) => setting }]);
  return decided.ok ? [] : decided.problems;
};
const run = { name: "x", run: ["/bin/x"] };

test("the least that a probe needs", () => {
  expect(probeOf({ run: ["/usr/bin/redis-cli", "LLEN", "a b"] })).toMatchObject({
    name: "x",
    source: { kind: "run", command: ["/usr/bin/redis-cli", "LLEN", "a b"] },
    take: null,
    limits: { warning: null, critical: null },
    everyMs: 0,
    timeoutSeconds: 10,
    isCharted: false,
  });
  expect(probeOf({ url: "http://127.0.0.1/", body: "{}" })).toMatchObject({
    source: { kind: "url", headers: {}, body: "{}" },
  });
  expect(probeOf({ file: "/x/*.gz", every: "6h" })).toMatchObject({
    source: { kind: "file", pattern: "/x/*.gz" },
    everyMs: 21_600_000,
  });
});

test.each([
  [
    { warning: 5, critical: 9 },
    { end: 5, start: null },
  ],
  [{ warning: 5 }, { end: 5, start: null }],
  [
    { warning: 5, critical: 1 },
    { start: 5, end: null },
  ],
  [{ warning: 5, unit: "MiB" }, { end: 5 * 1024 ** 2 }],
  [{ warning: "@10:20" }, { start: 10, end: 20, isInside: true }],
  [{ warning: "10:" }, { start: 10, end: null, isClosed: false }],
])("the limit of %j", (settings, limit) => {
  expect(probeOf({ run: ["/x"], ...settings }).limits.warning).toMatchObject(limit);
});

test.each([
  [{}, "it to be set"],
  [{ name: "x" }, "one of run, url and file"],
  [{ ...run, url: "http://a/" }, "one of run, url and file"],
  [{ name: "x", run: ["x"] }, "the program by its absolute path"],
  [{ name: "x", run: ["./x"] }, "the program by its absolute path"],
  [{ name: "x", run: [] }, "the program by its absolute path"],
  [{ name: "x", run: "/bin/x" }, "a list such as"],
  [{ name: "x", run: ["/bin/x", "a\0b"] }, "a list such as"],
  [{ name: "x", file: "x/*" }, "an absolute path"],
  [{ name: "x", file: "/**/x" }, "an absolute path"],
  [{ ...run, body: "{}" }, "headers and body only with url"],
  [{ ...run, unit: "furlong" }, '"seconds", "bytes"'],
  [{ ...run, warning: "20:10" }, 'a number, or a range such as "10:20"'],
  [{ ...run, warning: Infinity }, 'a number, or a range such as "10:20"'],
  [{ ...run, timeout: 60 }, "a number of seconds from 0.1 to 20"],
  [{ ...run, every: "soon" }, 'a time such as "20m"'],
  [{ name: "x", file: "/x", take: "expiry", warning: 3, critical: 9 }, "fewer days for critical"],
  [{ ...run, wraning: 5 }, 'did you mean "warning"'],
])("%j is refused", (settings, says) => {
  expect(problemsOf(settings).join()).toContain(says);
});

test("each has a name of its own, and there are fifty at most", () => {
  expect(problemsOf(run, run)).toEqual([expect.stringContaining("a name of its own for each")]);
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...run, name: `x${index}` }));
  expect(problemsOf(...many(50))).toEqual([]);
  expect(problemsOf(...many(51))).toEqual([expect.stringContaining("at most 50")]);
});

test("addresses, headers, bodies and arguments are secrets", () => {
  const secret = "sesame-open-sesame-open";
  const page = {
    name: "x",
    url: `https://u:p@h/${secret}`,
    headers: { A: `Bearer ${secret}-h` },
    body: `{"token":"${secret}-b"}`,
  };
  for (const bad of [
    { ...page, url: secret },
    { ...page, body: 5 },
    { ...page, headers: secret },
    { name: "x", run: [secret] },
    { name: "x", run: secret },
  ]) {
    expect(problemsOf(bad).join("\n")).not.toContain(secret);
  }
  const decided = decide([{ values: { probe: [page] }, nameOf: (setting) => setting }]);
  const secrets = decided.ok ? secretsOf(decided.value) : [];
  for (const text of [page.url, page.body, page.headers.A])
    expect(redact(`said ${text}`, secrets)).not.toContain(secret);
});

test("a limit is held against its next edge, after two reports, and a rule's target can be off", () => {
  const probes = [probeOf({ run: ["/x"], warning: "10:20", critical: 50 })];
  const thresholdsFor = (value: number, settings = {}) =>
    activeRule("probe_limit", settings, undefined, probes)?.thresholdsFor({ probe: "x" }, value);
  expect(thresholdsFor(25)).toMatchObject({
    warning: { raise: 20, clear: 19, runs: 2, isOpen: true },
    critical: { raise: 50, clear: 47.5 },
  });
  expect(thresholdsFor(3)?.warning).toMatchObject({ raise: 10, clear: 10.5 });
  expect(thresholdsFor(25, { probe_limit: { targets: { x: false } } })).toBeNull();
  expect(thresholdsFor(25, { probe_limit: { warning_runs: 1 } })?.warning).toMatchObject({
    raise: 20,
    runs: 1,
    isOpen: true,
  });
  const rule = activeRule("probe_limit", {}, undefined, probes);
  expect(rule?.thresholdsFor({ probe: "x", number: "load5" }, 99)).toBeNull();
  expect(rule?.thresholdsFor({ probe: "y" }, 99)).toBeNull();
});

test("what was asked with other settings does not hold", () => {
  const one = probeOf({ run: ["/x"], take: "a" });
  expect(probeOf({ run: ["/x"], take: "a" }).fingerprint).toBe(one.fingerprint);
  expect(probeOf({ run: ["/x"], take: "b" }).fingerprint).not.toBe(one.fingerprint);
});
