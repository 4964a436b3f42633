import { expect, test } from "bun:test";

import { authorFrom, clip, escapeMarkdown, lengthOf } from "../../../lib/render/discord/message.ts";

test.each([
  ["*bold*", "\\*bold\\*"],
  ["_i_ ~s~ |p| `c`", "\\_i\\_ \\~s\\~ \\|p\\| \\`c\\`"],
  ["<@123> <#1> <t:1:R>", "\\<@123\\> \\<#1\\> \\<t:1:R\\>"],
  ["[text](address)", "\\[text\\](address)"],
  ["C:\\x", "C:\\\\x"],
  ["- item", "\\- item"],
  ["-# small", "\\-# small"],
  ["## title", "\\## title"],
  ["1. item", "\\1. item"],
  ["/var/lib", "/var/lib"],
  ["34.1 / 50.0 GiB", "34.1 / 50.0 GiB"],
])("%s is written %s", (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped);
});

test("a mention is no mention, and a link no link", () => {
  expect(escapeMarkdown("@everyone @HERE")).toBe("@\u200Beveryone @\u200BHERE");
  expect(escapeMarkdown("https://a")).toBe("https:\u200B//a");
});

test("lengths are code points after trimming, as Discord counts", () => {
  expect(lengthOf(" 🚀🚀 ")).toBe(2);
});

test("a clipped text has an ellipsis, whole characters, and the length that was asked for at most", () => {
  expect(clip("abcdef", 6)).toBe("abcdef");
  expect(clip("abcdef", 4)).toBe("abc…");
  expect(clip("🚀🚀🚀", 2)).toBe("🚀…");
  expect(clip("abc   def", 6)).toBe("abc…");
});

test("names that Discord keeps for itself are changed or left out", () => {
  expect(authorFrom("DISCORD clyde")).toEqual({ username: "DIS-CORD cly-de" });
  expect(["everyone", " Here ", "  "].map(authorFrom)).toEqual([{}, {}, {}]);
  expect(authorFrom("x".repeat(100)).username).toHaveLength(80);
});
