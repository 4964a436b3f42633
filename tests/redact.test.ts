import { expect, test } from "bun:test";

import { redact } from "../lib/redact.ts";

const token = "wh-token_0123456789abcdefghij";
const address = `https://discord.com/api/webhooks/123456789012345678/${token}`;

test.each([
  ["an address", address, "https://discord.com/api/webhooks/123456789012345678/[secret]"],
  [
    "one with a query",
    `${address}?wait=true`,
    "https://discord.com/api/webhooks/123456789012345678/[secret]?wait=true",
  ],
  ["one in quotes", `path: "${address}",`, 'path: "https://discord.com/api/webhooks/123456789012345678/[secret]",'],
  [
    "one with escaped slashes",
    address.replaceAll("/", "\\/"),
    String.raw`https:\/\/discord.com\/api\/webhooks\/123456789012345678\/[secret]`,
  ],
  [
    "one inside another address",
    encodeURIComponent(address),
    "https%3A%2F%2Fdiscord.com%2Fapi%2Fwebhooks%2F123456789012345678%2F[secret]",
  ],
  [
    "two of them",
    `${address} ${address}`,
    Array(2).fill("https://discord.com/api/webhooks/123456789012345678/[secret]").join(" "),
  ],
  ["text about webhooks", "no webhook: webhooks/ID/TOKEN", "no webhook: webhooks/ID/TOKEN"],
])("%s is shown without its token, also when it is redacted again", (_, text, expected) => {
  expect(redact(text)).toBe(expected);
  expect(redact(redact(text))).toBe(expected);
});

test("the token of a known address is hidden where it stands alone", () => {
  expect(redact(`token=${token}, again ${token}`, [address])).toBe("token=[secret], again [secret]");
});

test("a known token that is as short as a word hides no words", () => {
  expect(redact("memory 3 %", ["http://localhost/api/webhooks/1/memory"])).toBe("memory 3 %");
});
