import { expect, test } from "bun:test";

import { type Baked, decodeBaked, encodeBaked, readBaked } from "../../lib/settings/baked.ts";

const webhook = "https://discord.com/api/webhooks/123456789012345678/a-token";

test.each<[string, Baked]>([
  ["nothing", {}],
  ["a webhook", { webhook }],
  ["an allowed host", { allowHost: "localhost:8080" }],
  ["settings", { settings: { name: "vps-東京", storage: { exclude: ["/mnt"] } } }],
  ["all of it", { webhook, allowHost: "localhost", settings: { name: "line\nbreak" } }],
])("%s survives the baking", (_, baked) => {
  expect(decodeBaked(encodeBaked(baked))).toEqual(baked);
});

test("nothing bakes to nothing, so that the bundler inlines an empty text", () => {
  expect(encodeBaked({})).toBe("");
});

test("the blob shows neither the webhook nor its base64", () => {
  const blob = encodeBaked({ webhook });
  expect(blob).not.toContain("discord");
  expect(atob(blob)).not.toContain("discord");
});

test("the same webhook bakes to the same blob", () => {
  expect(encodeBaked({ webhook })).toBe(encodeBaked({ webhook }));
});

test("a damaged blob is a bug, not an empty one", () => {
  expect(() => decodeBaked("AAAA")).toThrow();
});

test("a run from source has nothing baked in, whatever the environment says", () => {
  process.env.SERVER_METRICS_BAKED = encodeBaked({ webhook });
  expect(readBaked()).toEqual({});
  delete process.env.SERVER_METRICS_BAKED;
});
