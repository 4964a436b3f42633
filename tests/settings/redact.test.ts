import { expect, test } from "bun:test";

import { decide, fileLayer } from "../../lib/settings/decide.ts";
import { redact, secretsOf, tokenIn } from "../../lib/settings/secrets.ts";

const token = "wh-token_0123456789abcdefghij";
const address = `https://discord.com/api/webhooks/123456789012345678/${token}`;

test.each([
  ["an address", address, "https://discord.com/api/webhooks/123456789012345678/[secret]"],
  ["one with a query", `${address}?wait=true`, "https://discord.com/api/webhooks/123456789012345678/[secret]?[secret]"],
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
  ["a user", "export to https://user:pa55@vm:8428/a", "export to https://[secret]@vm:8428/a"],
  ["a query", 'url: "https://vm/api?token=abc&b=c",', 'url: "https://vm/api?[secret]",'],
  ["both, as JSON has it", String.raw`https:\/\/t0ken@hc\/ping?a=b`, String.raw`https:\/\/[secret]@hc\/ping?[secret]`],
  ["a proxy", "http://u:p@127.0.0.1:3128 refused", "http://[secret]@127.0.0.1:3128 refused"],
  ["an address without", "look at https://nodejs.org/en, is it there?", "look at https://nodejs.org/en, is it there?"],
  ["text about webhooks", "no webhook: webhooks/ID/TOKEN", "no webhook: webhooks/ID/TOKEN"],
])("%s is shown without its token, also when it is redacted again", (_, text, expected) => {
  expect(redact(text)).toBe(expected);
  expect(redact(redact(text))).toBe(expected);
});

test("a known secret is hidden where it stands alone", () => {
  expect(redact(`token=${token}, again ${token}`, tokenIn(address))).toBe("token=[secret], again [secret]");
});

test("a known secret that is as short as a word hides no words", () => {
  expect(redact("memory 3 %", tokenIn("http://localhost/api/webhooks/1/memory"))).toBe("memory 3 %");
});

test("of the settings the tokens of webhooks, the heartbeat's path and the headers of exports are secret", () => {
  const headers = { Authorization: "Bearer header-token-0123456789" };
  const decided = decide([
    fileLayer(
      {
        webhook: address,
        alerts: { webhook: address.replace("wh-", "alerts-") },
        heartbeat: "https://hc-ping.com/11112222-3333-4444",
        export: [{ url: "http://vm/api/v1/import/prometheus", headers }],
      },
      "server.toml",
    ),
  ]);
  const told = [token, token.replace("wh-", "alerts-"), "/11112222-3333-4444/fail", "header-token-0123456789"];
  const secrets = decided.ok ? secretsOf(decided.value) : [];
  expect(redact(told.join(" "), secrets)).toBe("[secret] [secret] [secret]/fail [secret]");
});
