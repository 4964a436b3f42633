import { expect, test } from "bun:test";

import { takeFrom } from "../../lib/probe/take.ts";

const taken = (text: string, take: string | null): number | string => {
  const found = takeFrom(text, take);
  return found.ok ? found.value : found.problem.code;
};

const json = JSON.stringify({
  usage: { users: { total: 3 }, posts: "1824" },
  queues: [{ waiting: 7 }],
  up: true,
  name: "x",
  none: null,
});

test.each([
  ["usage.users.total", 3],
  ["usage.posts", 1824],
  ["queues.0.waiting", 7],
  ["up", 1],
  ["name", "noNumber"],
  ["none", "noNumber"],
  ["usage", "noNumber"],
  ["usage.users.totl", "noSuch"],
  ["queues.1.waiting", "noSuch"],
  ["name.length", "noSuch"],
  ["constructor", "noSuch"],
  ["__proto__", "noSuch"],
])("the path %s of JSON", (take, expected) => expect(taken(json, take)).toBe(expected));

test("a number alone needs no path", () => {
  expect(taken("812\n", null)).toBe(812);
  expect(taken("-0.5", null)).toBe(-0.5);
  for (const text of ["", "many", "1e309", "NaN", "0x10", "1 2", "{}"]) expect(taken(text, null)).toBe("noNumber");
});

const page = `# HELP pg_up Whether it is up
# TYPE pg_up gauge
pg_up{server="main",role="a \\"b\\" \\\\ c"} 1
pg_up{server="replica"} 0 1700000000000
pg_upper 9
pg_size_bytes{db="x",} 1.5e+09
pg_nan NaN
pg_inf +Inf
`;

test.each([
  ['pg_up{server="main"}', 1],
  ['pg_up{ server = "replica" }', 0],
  ['pg_up{role="a \\"b\\" \\\\ c"}', 1],
  ["pg_upper", 9],
  ["pg_size_bytes", 1.5e9],
  ["pg_up", "several"],
  ['pg_up{server="other"}', "noSuch"],
  ["pg_u", "noSuch"],
  ["pg_nan", "noNumber"],
  ["pg_inf", "noNumber"],
  ["pg_up{server=main}", "noSuch"],
])("the sample %s of a page for Prometheus", (take, expected) => expect(taken(page, take)).toBe(expected));

test("JSON that is nested without end is no JSON", () => {
  expect(taken("[".repeat(1e6), "0")).toBe("noSuch");
});
