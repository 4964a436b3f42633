import { expect, test } from "bun:test";

import { httpChecks } from "../../lib/metrics/httpChecks.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { pageCheck } from "../support/checks.ts";
import { defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";

const configOf = (...http: readonly ReturnType<typeof pageCheck>[]) => ({ ...defaultConfig, http });
const blog = pageCheck("https://me:secret@blog.example/?key=secret", { name: "blog" });

const bad = { code: "status", got: 502, wanted: null } as const;
const well = { check: "blog", problem: null, seconds: 0.123, certificateDays: 80, tlsDays: 14 };

test("pages are asked side by side, and known by their names alone", async () => {
  const checks = { blog: { seconds: 0.5, certificateDays: 30 }, page: { problem: bad } };
  const value = await httpChecks.collect(testHost({ checks }), configOf(blog, pageCheck("http://a/")));
  expect(value).toMatchObject([
    { check: "blog", problem: null, seconds: 0.5 },
    { check: "page", problem: bad },
  ]);
  expect(JSON.stringify(value)).not.toContain("secret");
});

test("a page that is well makes an up, a time and the days of its certificate", () => {
  expect(observeOne(httpChecks, [well])).toEqual({
    'http_up{check="blog"}': 1,
    'http_response_seconds{check="blog"}': 0.123,
    'http_certificate_days{check="blog"}': 80,
    'http_certificate_pressing_days{check="blog"}': 80,
  });
  expect(describeOne(httpChecks, [well])).toMatchObject([
    { label: "blog", lines: ["answers in 0.12 s", "certificate: 80 days left"], importance: "detail" },
  ]);
});

test("a page that is down is notable, with the reason, and what is not known is not observed", () => {
  const problem = { code: "noAnswer", seconds: 10 } as const;
  const down = { ...well, problem, seconds: null, certificateDays: null };
  expect(observeOne(httpChecks, [down])).toEqual({ 'http_up{check="blog"}': 0 });
  expect(describeOne(httpChecks, [down])).toMatchObject([{ lines: ["no answer within 10 s"], importance: "notable" }]);
});

test("a certificate that ends soon is notable, by the check's own measure", () => {
  const soon = { ...well, certificateDays: 5.2 };
  expect(describeOne(httpChecks, [soon])).toMatchObject([
    { lines: ["answers in 0.12 s", "certificate: 5 d 4 h left"], importance: "notable" },
  ]);
  const pressing = 'http_certificate_pressing_days{check="blog"}';
  expect(observeOne(httpChecks, [{ ...soon, tlsDays: 2 }])[pressing]).toBeCloseTo(36.4);
  expect(describeOne(httpChecks, [{ ...soon, tlsDays: 2 }])).toMatchObject([{ importance: "detail" }]);
  expect(observeOne(httpChecks, [{ ...soon, tlsDays: 0 }])).not.toHaveProperty([pressing]);
});

test("a certificate for six days is to be good for a third of that, unless the settings say for how long", async () => {
  const checks = { blog: { seconds: 0.5, certificateDays: 3, certificateLifeDays: 6.6 } };
  const pressing = async (tlsDays: number | null) => {
    const value = await httpChecks.collect(testHost({ checks }), configOf({ ...blog, tlsDays }));
    return observeOne(httpChecks, value)['http_certificate_pressing_days{check="blog"}'];
  };
  expect(await pressing(null)).toBeCloseTo((3 * 14) / 2.2);
  expect(await pressing(14)).toBe(3);
});

test("where nothing is checked nobody is asked", () => {
  expect(httpChecks.collect(testHost({}), defaultConfig)).rejects.toThrow(new Unavailable("none configured"));
});

test("the metric waits for the slowest check", () => {
  const slow = pageCheck("http://a/", { timeoutSeconds: 20 });
  expect(httpChecks.deadlineMs?.(configOf(blog, slow))).toBe(21_000);
});
