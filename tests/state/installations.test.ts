import { expect, test } from "bun:test";

import { noteInstallation, rivalOf } from "../../lib/state/installations.ts";
import { markGone } from "../../lib/state/keyValue.ts";
import { dayMs, inMemory, minuteMs, start } from "../support/stateFile.ts";

const [one, other, replaced] = [
  { settingsFile: "/a.toml", webhookUrl: "https://one" },
  { settingsFile: "/b.toml", webhookUrl: "https://other" },
  { settingsFile: "/a.toml", webhookUrl: "https://other" },
] as const;

test("an installation alone has no rival, and neither has one whose webhook was replaced", () => {
  using database = inMemory();
  noteInstallation(database, one, start);
  expect(rivalOf(database, one, start)).toBeNull();
  expect(rivalOf(database, replaced, start)).toBeNull();
  noteInstallation(database, replaced, start + minuteMs);
  expect(rivalOf(database, replaced, start + minuteMs)).toBeNull();
});

test("two settings files with two webhooks are rivals, before the second has posted and after", () => {
  using database = inMemory();
  noteInstallation(database, one, start);
  expect(rivalOf(database, other, start)).toBe("/a.toml");
  noteInstallation(database, other, start + minuteMs);
  noteInstallation(database, one, start + 2 * minuteMs);
  expect(rivalOf(database, one, start + 2 * minuteMs)).toBe("/b.toml");
  expect(rivalOf(database, other, start + 2 * minuteMs)).toBe("/a.toml");
});

test("one that is gone, or was last used days ago, is no rival", () => {
  using database = inMemory();
  noteInstallation(database, one, start);
  expect(rivalOf(database, other, start + 3 * dayMs)).toBeNull();
  markGone(database, one.webhookUrl, start);
  expect(rivalOf(database, other, start)).toBeNull();
});
