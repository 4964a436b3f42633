import { expect, test } from "bun:test";

import { decide, fileLayer } from "../../lib/settings/decide.ts";

const decided = (...exports: readonly unknown[]) => decide([fileLayer({ export: exports }, "server.toml")]);
const secret = "token-that-must-never-be-seen";

test.each([
  [{ file: "/a/b.prom" }, "file", "prometheus"],
  [{ url: "http://pg:9091/metrics/job/server-metrics" }, "pushgateway", "prometheus"],
  [{ url: "http://pg/sub/metrics/job/a/instance/b" }, "pushgateway", "prometheus"],
  [{ url: "https://vm/insert/0/prometheus/api/v1/import/prometheus?extra_label=a=b" }, "import", "prometheus"],
  [{ url: "http://otel:4318/v1/metrics", format: "otlp-json" }, "otlp", "otlp-json"],
])("%j goes the way of %s", (setting, way, format) => {
  const result = decided(setting);
  expect(result.ok ? result.value.exports : result.problems).toMatchObject([{ way, format, headers: {} }]);
});

const headersExpected = 'expected a table such as { Authorization = "Bearer …" }, of printable characters';

const heads = ["Name: x\n", "a\u0000", "日本"];

test.each([
  [{}, 'setting "export.0" in server.toml: expected either a file or a url'],
  [{ file: "/a", url: "http://a/metrics/job/b" }, 'setting "export.0" in server.toml: expected either a file or a url'],
  [{ file: "a.prom" }, 'setting "export.0.file" in server.toml: expected an absolute path, got "a.prom"'],
  [
    { file: "/a", format: "xml" },
    'setting "export.0.format" in server.toml: expected "prometheus" or "otlp-json", got "xml"',
  ],
  [
    { url: `ftp://${secret}@a` },
    'setting "export.0.url" in server.toml: expected an address such as "https://post.example.net"',
  ],
  [{ fiel: "/a" }, 'setting "export.0.fiel" in server.toml is unknown; did you mean "file"?'],
  [{ file: "/a", headers: "x" }, `setting "export.0.headers" in server.toml: ${headersExpected}`],
])("%j is refused in a line", (setting, problem) => {
  const result = decided(setting);
  expect(result.ok ? [] : result.problems).toEqual([problem]);
});

test.each([
  ["headers in a list, as curl has them", { file: "/a", headers: [`Authorization: Bearer ${secret}`] }],
  ["a header all in its name", { file: "/a", headers: { [`Authorization: Bearer ${secret}`]: "" } }],
  ["an address for a file", { file: `https://user:${secret}@vm/` }],
  ["an address for a format", { format: `https://user:${secret}@vm/`, file: "/a" }],
])("%s is refused, and not quoted", (_, setting) => {
  const result = decided(setting);
  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain(secret);
});

test("a Prometheus address that is none of the known ones is refused, and not quoted", () => {
  const result = decided({ url: `https://user:${secret}@vm/write?key=${secret}`, headers: { Authorization: secret } });
  expect(result.ok ? "" : result.problems.join()).toStartWith(
    'setting "export.0" in server.toml: expected the URL of a Pushgateway, ending in /metrics/job/NAME, or of ' +
      "VictoriaMetrics, ending in /api/v1/import/prometheus",
  );
  expect(JSON.stringify(result)).not.toContain(secret);
});

test.each(heads)("a header %j is refused, and not quoted", (value) => {
  const result = decided({ file: "/a", headers: { Authorization: secret + value } });
  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain(secret);
});
