import { parseWebhook } from "../../lib/settings/webhook.ts";
import { describe, expect, test } from "bun:test";

const id = "112233445566778899";
const token = "s3cret_To-ken";
const path = `webhooks/${id}/${token}`;
const sentTo = (text: string, allow: readonly string[] = []) => {
  const parsed = parseWebhook(text, allow);
  return parsed.ok ? parsed.value.url : parsed.problem;
};

describe("an address is accepted as people paste it", () => {
  test.each([
    ["plain", `https://discord.com/api/${path}`, "discord.com"],
    ["with an API version", `https://discord.com/api/v9/${path}`, "discord.com"],
    ["the older host", `https://discordapp.com/api/${path}`, "discord.com"],
    ["the older host's test version", `https://ptb.discordapp.com/api/${path}`, "ptb.discord.com"],
    ["ptb", `https://ptb.discord.com/api/${path}`, "ptb.discord.com"],
    ["canary", `https://canary.discord.com/api/v10/${path}`, "canary.discord.com"],
    ["capitals in the host", `HTTPS://Discord.COM/api/${path}`, "discord.com"],
    ["white space around", ` \t https://discord.com/api/${path} \r\n`, "discord.com"],
    ["quotes around", `"https://discord.com/api/${path}"`, "discord.com"],
    ["angle brackets and a back quote around", `\`<https://discord.com/api/${path}>\``, "discord.com"],
    ["an invisible letter at the end", `https://discord.com/api/${path}\u200B`, "discord.com"],
    ["curly quotes around", `“https://discord.com/api/${path}”`, "discord.com"],
    ["the full stop of a sentence", `https://discord.com/api/${path}.`, "discord.com"],
    ["a slash at the end", `https://discord.com/api/${path}/`, "discord.com"],
    ["a query of ours already there", `https://discord.com/api/${path}?wait=false`, "discord.com"],
  ])("%s", (_, text, host) => {
    expect(sentTo(text)).toBe(`https://${host}/api/v10/${path}?wait=true`);
  });

  test("with a thread", () => {
    const parsed = parseWebhook(`https://discord.com/api/${path}?thread_id=998877665544332211`);
    expect(parsed).toEqual({
      ok: true,
      value: {
        id,
        token,
        origin: "https://discord.com",
        threadId: "998877665544332211",
        url: `https://discord.com/api/v10/${path}?wait=true&thread_id=998877665544332211`,
      },
    });
  });

  test("whatever the length of its token", () => {
    expect(sentTo(`https://discord.com/api/webhooks/${id}/x`)).toEndWith(`/${id}/x?wait=true`);
  });
});

describe("an address is refused with what is wrong with it", () => {
  test.each([
    ["nothing at all", " ", "empty"],
    ["no URL", `discord.com ${path}`, "not a URL"],
    ["another scheme", `ftp://discord.com/api/${path}`, "not an https URL"],
    ["plain http to Discord", `http://discord.com/api/${path}`, "plain http"],
    ["another host", `https://example.com/api/${path}`, "host"],
    ["a host that only begins like Discord's", `https://discord.com.evil.example/api/${path}`, "host"],
    ["Discord's name as a user name", `https://discord.com@evil.example/api/${path}`, "host"],
    ["another port of Discord's", `https://discord.com:8443/api/${path}`, "host"],
    ["loopback that nobody allowed", `http://127.0.0.1:8080/api/${path}`, "host"],
    ["no token", `https://discord.com/api/webhooks/${id}`, "token is missing"],
    ["the Slack variant", `https://discord.com/api/${path}/slack`, "ends with /slack, which is for other programs"],
    ["the GitHub variant", `https://discord.com/api/${path}/github`, "ends with /github"],
    ["an id that is no number", `https://discord.com/api/webhooks/me/${token}`, "path"],
    ["an id that is too short", `https://discord.com/api/webhooks/123/${token}`, "17 to 20 digits"],
    ["an id that is too long", `https://discord.com/api/webhooks/${id}${id}/${token}`, "17 to 20 digits"],
    ["a thread that is no number", `https://discord.com/api/${path}?thread_id=${token}`, "thread_id"],
  ])("%s", (_, text, problem) => {
    const parsed = parseWebhook(text, []);
    expect(parsed).toEqual({ ok: false, problem: expect.stringContaining(problem) });
    expect(JSON.stringify(parsed)).not.toContain(token);
  });
});

describe("another host has to be allowed", () => {
  test.each([
    ["by name, on any port", `https://hooks.example:8443/api/${path}`, "hooks.example"],
    ["by name and port", `https://hooks.example:8443/api/${path}`, "Hooks.Example:8443 "],
    ["by the port that https has anyway", `https://hooks.example/api/${path}`, "hooks.example:443"],
    ["on loopback, in plain http", `http://127.0.0.1:8080/api/${path}`, "127.0.0.1:8080"],
    ["on IPv6 loopback", `http://[::1]:8080/api/${path}`, "::1"],
    ["on localhost", `http://localhost:8080/api/${path}`, "localhost:8080"],
    ["with ids of any length", `http://127.0.0.1:8080/api/webhooks/1/${token}`, "127.0.0.1:8080"],
  ])("%s", (_, text, allow) => {
    const { origin, pathname } = new URL(text);
    expect(sentTo(text, [allow])).toBe(`${origin}${pathname.replace("/api/", "/api/v10/")}?wait=true`);
  });

  test.each([
    ["the port is another", `https://hooks.example:9443/api/${path}`, "hooks.example:8443", "host"],
    ["it is below the allowed one", `https://a.hooks.example/api/${path}`, "hooks.example", "host"],
    ["it is not on loopback and speaks plain http", `http://hooks.example/api/${path}`, "hooks.example", "plain http"],
    ["its name only begins like loopback", `http://127.0.0.1.example/api/${path}`, "127.0.0.1.example", "plain http"],
  ])("and is refused when %s", (_, text, allow, problem) => {
    expect(sentTo(text, [allow])).toContain(problem);
  });
});
