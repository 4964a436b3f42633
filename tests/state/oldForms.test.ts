import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import { incidentText } from "../../lib/alerts/incidents.ts";
import { readSnapshot } from "../../lib/measure/snapshot.ts";
import { Digest } from "../../lib/past/digest.ts";
import { renderDigest } from "../../lib/render/discord/digest.ts";
import { commit } from "../../lib/state/commit.ts";
import { waiting } from "../../lib/state/outbox.ts";
import { readPast } from "../../lib/state/past.ts";
import { migrate } from "../../lib/state/schema.ts";
import { en } from "../../lib/words/en.ts";
import { projectRoot } from "../support/project.ts";
import { hourMs, number, runAt } from "../support/stateFile.ts";

/** The state of a real 0.1.0, which kept English sentences, and numbers by their English labels. */
function oldState(): Database {
  const database = Database.deserialize(
    Bun.gunzipSync(readFileSync(join(projectRoot, "tests/state/state-0.1.0.db.gz"))),
  );
  migrate(database);
  return database;
}
const lastRunMs = Date.parse("2026-07-10T12:30:00Z");

test("an incident that 0.1.0 remembers is told as it was written", () => {
  using database = oldState();
  expect(readPast(database).incidents.map((one) => incidentText(one, en))).toEqual(["inodes of / 100 % used"]);
});

test("cards of 0.1.0 that wait are told in one message with those of this version", () => {
  using database = oldState();
  const own = { ...runAt(lastRunMs + hourMs, "own", [number("memory_used_percent", 99)]) };
  const run = { ...own, renderDigest: (digest: Digest) => renderDigest("web-1", digest, 0, en) };
  for (let hours = 0; hours < 2; hours += 1) commit(database, run);
  const row = waiting(database).find(({ kind }) => kind === "digest");
  const { embeds } = v.parse(message, row?.body);
  expect(embeds[0]?.title).toBe("⏳ 3 late reports");
  expect(embeds[0]?.description).toContain("**Memory** 51–99\u00A0%");
  const { numbers } = v.parse(v.pipe(v.string(), v.parseJson(), Digest), row?.digest);
  expect(Object.keys(numbers).filter((key) => /^[A-Z]/.test(key))).toEqual([]);
});

const message = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ embeds: v.array(v.object({ title: v.string(), description: v.string() })) }),
);

test("a snapshot of 0.1.0 that has a problem of a check as a sentence lacks that metric alone", () => {
  const openFiles = { open: 885, limit: 1000 };
  const [problem, nothing] = ["connection refused", { seconds: null, certificateDays: null, tlsDays: 14 }];
  const httpChecks = [{ check: "blog", problem, ...nothing }];
  const kept = readSnapshot(JSON.stringify({ takenAtMs: lastRunMs, values: { openFiles, httpChecks } }));
  expect(kept?.readings).toEqual({ openFiles: { status: "ok", value: openFiles } });
});
