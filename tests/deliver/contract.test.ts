import { violations } from "../support/discordContract.ts";
import { describe, expect, test } from "bun:test";

const many = <T>(count: number, item: T) => Array.from({ length: count }, () => item);
const embed = (more: object) => ({ embeds: [{ title: "t", ...more }] });
const field = { name: "n", value: "v" };

describe("the fake Discord takes", () => {
  test.each([
    ["a text", { content: "x".repeat(2000) }],
    ["2000 signs of two UTF-16 units", { content: "🟢".repeat(2000) }],
    ["ten embeds", { embeds: many(10, { title: "t" }) }],
    ["25 fields", embed({ fields: many(25, field) })],
    ["6000 signs in all embeds", { embeds: [{ description: "x".repeat(4000) }, { description: "x".repeat(2000) }] }],
    ["no mentions, silently", { content: "x", allowed_mentions: { parse: [] }, flags: 4096 }],
    ["one role to be pinged", { content: "x", allowed_mentions: { parse: [], roles: ["112233445566778899"] } }],
  ])("%s", (_, body) => expect(violations(body)).toBeUndefined());
});

describe("the fake Discord refuses", () => {
  test.each([
    ["nothing", {}, []],
    ["what is no object", "hello", []],
    ["a key that does not exist", { content: "x", embed: {} }, ["embed"]],
    ["2001 signs of text", { content: "x".repeat(2001) }, ["content"]],
    ["eleven embeds", { embeds: many(11, { title: "t" }) }, ["embeds"]],
    ["257 signs of title", embed({ title: "x".repeat(257) }), ["embeds", "0", "title"]],
    ["4097 signs of description", embed({ description: "x".repeat(4097) }), ["embeds", "0", "description"]],
    ["2049 signs of footer", embed({ footer: { text: "x".repeat(2049) } }), ["embeds", "0", "footer", "text"]],
    ["257 signs of author", embed({ author: { name: "x".repeat(257) } }), ["embeds", "0", "author", "name"]],
    ["26 fields", embed({ fields: many(26, field) }), ["embeds", "0", "fields"]],
    ["an empty field", embed({ fields: [{ ...field, value: " " }] }), ["embeds", "0", "fields", "0", "value"]],
    ["1025 signs of field", embed({ fields: [{ ...field, value: "x".repeat(1025) }] }), ["embeds", "0", "fields", "0"]],
    ["6001 signs in all embeds", { embeds: many(3, { description: "x".repeat(2001) }) }, ["embeds"]],
    ["a colour out of range", embed({ color: 0x1000000 }), ["embeds", "0", "color"]],
    ["a time that is none", embed({ timestamp: "yesterday" }), ["embeds", "0", "timestamp"]],
    ["an empty name", { content: "x", username: "" }, ["username"]],
    ["81 signs of name", { content: "x", username: "x".repeat(81) }, ["username"]],
    ["Discord's name within the name", { content: "x", username: "my dIscord box" }, ["username"]],
    ["everyone as a name", { content: "x", username: "everyone" }, ["username"]],
    [
      "an unknown kind of mention",
      { content: "x", allowed_mentions: { parse: ["all"] } },
      ["allowed_mentions", "parse"],
    ],
    ["users twice over", { content: "x", allowed_mentions: { parse: ["users"], users: ["1"] } }, ["allowed_mentions"]],
    ["an id that is a number", { content: "x", allowed_mentions: { roles: [1] } }, ["allowed_mentions", "roles", "0"]],
  ])("%s", (_, body, path) => {
    const errors = violations(body);
    expect(errors).toBeDefined();
    if (path.length > 0) expect(errors).toHaveProperty(path);
  });
});
