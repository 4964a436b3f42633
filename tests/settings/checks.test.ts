import { expect, test } from "bun:test";

import type { Config } from "../../lib/settings/config.ts";
import { decide, fileLayer } from "../../lib/settings/decide.ts";

const decided = (values: unknown) => decide([fileLayer(values, "a.toml")]);

function configOf(toml: string): Config {
  const result = decided(Bun.TOML.parse(toml));
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return result.value;
}

function problemsOf(values: unknown): readonly string[] {
  const result = decided(values);
  return result.ok ? [] : result.problems.map((problem) => problem.replace(" in a.toml", ""));
}

test("a unit without a suffix is a service", () => {
  const units = ["nginx", "php8.2-fpm", "backup.timer", "getty@tty1.service"].map(
    (unit) => `[[service]]\nunit="${unit}"`,
  );
  expect(configOf(units.join("\n")).services.map(({ unit }) => unit)).toEqual([
    "nginx.service",
    "php8.2-fpm.service",
    "backup.timer",
    "getty@tty1.service",
  ]);
});

test("a page has defaults, and a name without what may be secret", () => {
  const { http } = configOf('[[http]]\nurl = "https://me:secret@example.net/feed?key=secret#x"');
  expect(http).toEqual([
    {
      name: "https://example.net/feed",
      url: "https://me:secret@example.net/feed?key=secret#x",
      expectStatus: null,
      expectText: null,
      timeoutSeconds: 10,
      tlsDays: null,
    },
  ]);
});

test("everything of a page and a port can be set", () => {
  const { http, tcp } = configOf(`
    [[http]]
    url = "http://127.0.0.1:3000/"
    name = "Misskey"
    expect_status = 204
    expect_text = "Misskey"
    timeout = 2.5
    tls_days = 3
    [[tcp]]
    host = "::1"
    port = 22
    [[tcp]]
    host = "[::2]"
    port = 22
    [[tcp]]
    host = "other.example"
    port = 22
    name = "the other"
    timeout = 1`);
  expect(http).toMatchObject([
    { name: "Misskey", expectStatus: 204, expectText: "Misskey", timeoutSeconds: 2.5, tlsDays: 3 },
  ]);
  expect(tcp).toEqual([
    { name: "[::1]:22", host: "::1", port: 22, timeoutSeconds: 10 },
    { name: "[::2]:22", host: "::2", port: 22, timeoutSeconds: 10 },
    { name: "the other", host: "other.example", port: 22, timeoutSeconds: 1 },
  ]);
});

test("a heartbeat may be plain http, because watchers at home have no certificate", () => {
  expect(configOf('heartbeat = "http://kuma.lan:3001/api/push/token"').heartbeat).toStartWith("http://kuma.lan");
  expect(configOf("").heartbeat).toBeNull();
});

test.each([
  [
    { service: [{ unit: "--user" }] },
    'setting "service.0.unit": expected the name of a unit, such as "nginx.service", got "--user"',
  ],
  [
    { service: [{ unit: "getty@.service" }] },
    'setting "service.0.unit": expected the name of a unit, such as "nginx.service", got "getty@.service"',
  ],
  [
    { service: [{ unit: "*" }] },
    'setting "service.0.unit": expected the name of a unit, such as "nginx.service", got "*"',
  ],
  [
    { service: [{ unit: "a" }, { unit: "a.service" }] },
    'setting "service": expected each unit once, got [{"unit":"a.service"},',
  ],
  [{ service: [{}] }, 'setting "service.0.unit": expected it to be set'],
  [{ tcp: [{ host: "a", port: 0.5 }] }, 'setting "tcp.0.port": expected a port from 1 to 65535, got 0.5'],
  [{ tcp: [{ host: "a", port: 1, timout: 1 }] }, 'setting "tcp.0.timout" is unknown; did you mean "timeout"?'],
  [
    { http: [{ url: "http://a", timeout: 60 }] },
    'setting "http.0.timeout": expected a number of seconds from 0.1 to 20, got 60',
  ],
])("%j is refused with what it wants and what it got", (values, problem) => {
  expect(problemsOf(values)).toEqual([expect.stringContaining(problem)]);
});

test.each([
  { heartbeat: "hc-ping.com/SECRET" },
  { heartbeat: ["https://hc-ping.com/SECRET"] },
  { hearbeat: "https://hc-ping.com/SECRET" },
  { http: "https://me:SECRET@a" },
  { http: { url: "https://me:SECRET@a" } },
  { http: ["https://me:SECRET@a"] },
  { http: [{ url: "me:SECRET@a" }] },
  { http: [{ url: "https://a/?key=SECRET" }, { url: "https://a/?key=OTHER" }] },
  { http: [{ ulr: "https://me:SECRET@a" }] },
])("an address is never quoted: %j", (values) => {
  const problems = problemsOf(values).join("\n");
  expect(problems).toContain("setting");
  expect(problems).not.toContain("SECRET");
});
