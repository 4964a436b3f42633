import { expect, test } from "bun:test";

import { type Change, changeOf } from "../../lib/model/change.ts";
import { sayChanges } from "../../lib/report/changed.ts";
import { en } from "../../lib/words/en.ts";

const times = { atMs: 1, sinceMs: 0 };
const packages = changeOf({
  ...times,
  kind: "package",
  action: "changed",
  subject: "postgresql-15",
  names: ["postgresql-15", "libssl3"],
  count: 14,
});
const unit = (more: Partial<Change>) =>
  changeOf({ ...times, kind: "unit", action: "added", subject: "x.service", ...more });

test("what packages brought goes with them: the packages stand first, restarts are one entry", () => {
  const restarts = ["nginx.service", "ssh.service"].map((subject) =>
    changeOf({ ...times, kind: "restart", action: "changed", subject }),
  );
  expect(sayChanges([unit({ by: "systemd" }), ...restarts, packages], en)).toBe(
    "changed: 14 packages upgraded, among them postgresql-15, libssl3 · nginx, ssh restarted",
  );
});

test("what is loud stands before all, and an open port is told although a package brought it", () => {
  const port = changeOf({ ...times, kind: "port", action: "added", subject: "80/tcp", detail: "nginx", by: "nginx" });
  expect(sayChanges([port, packages, unit({ isLoud: true })], en)).toBe(
    "changed: new unit x.service · 14 packages upgraded, among them postgresql-15, libssl3 · port 80/tcp open to the world (nginx)",
  );
});

test("where there is nothing but what packages brought, nothing is said", () => {
  expect(sayChanges([], en)).toBeNull();
  expect(sayChanges([unit({ by: "systemd" })], en)).toBeNull();
});

test("many units of a package are told in one sentence", () => {
  const names = ["a.service", "b.service", "c.service"];
  expect(en.changes.news(unit({ names, count: 45 }))).toBe("45 new units, among them a.service, b.service");
});
