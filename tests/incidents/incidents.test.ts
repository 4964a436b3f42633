import { expect, test } from "bun:test";

import { type Incident, incidents } from "./incidents.ts";

const all: readonly Incident[] = Object.values(incidents);

test("there are thirty incidents, half of them live, and each has a cause of its own", () => {
  expect(all).toHaveLength(30);
  expect(all.filter(({ made }) => made === "live").length).toBeGreaterThanOrEqual(15);
  expect(new Set(all.map(({ causes }) => causes.join(" "))).size).toBe(30);
  expect(new Set(all.map(({ name }) => name)).size).toBe(30);
});
