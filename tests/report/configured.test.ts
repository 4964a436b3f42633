import { expect, test } from "bun:test";

import type { RuleName } from "../../lib/alerts/rules.ts";
import { rules } from "../../lib/alerts/rules.ts";
import type { Rule } from "../../lib/model/rule.ts";
import { isConfigured } from "../../lib/report/configured.ts";
import type { Config } from "../../lib/settings/config.ts";
import { decide } from "../../lib/settings/decide.ts";

function configOf(values: unknown): Config {
  const decided = decide([{ values, nameOf: (setting) => setting }]);
  if (!decided.ok) throw new Error(decided.problems.join());
  return decided.value;
}

const config = configOf({
  storage: { exclude: ["/mnt/*"] },
  service: [{ unit: "nginx" }],
  http: [{ url: "https://blog.example", name: "blog" }],
  tcp: [{ host: "db.example", port: 5432 }],
});

test.each<[boolean, RuleName, Record<string, string>]>([
  [true, "storage_used", { mount: "/" }],
  [false, "storage_used", { mount: "/mnt/scratch" }],
  [true, "service_down", { unit: "nginx.service" }],
  [false, "service_down", { unit: "redis.service" }],
  [true, "units", { unit: "redis.service" }],
  [true, "certificate", { check: "blog" }],
  [false, "certificate", { check: "shop" }],
  [true, "tcp_down", { check: "db.example:5432" }],
  [false, "tcp_down", { check: "blog" }],
  [true, "memory", {}],
])("that a target is asked for is %p: %s %p", (expected, name, labels) => {
  const rule: Rule = rules[name];
  expect(isConfigured(rule, labels, config)).toBe(expected);
});
