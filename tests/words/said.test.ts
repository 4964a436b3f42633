import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import { openCaptured } from "../../lib/host/captured.ts";
import { announce } from "../../lib/measure/announcement.ts";
import { measure } from "../../lib/measure/measure.ts";
import { renderAlert } from "../../lib/render/discord/alert.ts";
import { renderCard } from "../../lib/render/discord/card.ts";
import type { DiscordMessage } from "../../lib/render/discord/message.ts";
import { renderAll } from "../../lib/render/terminal/report.ts";
import { noPast } from "../../lib/state/past.ts";
import { type Language, languages } from "../../lib/words/languages.ts";
import { machinesDirectory } from "../support/project.ts";
import { expectGolden } from "../support/golden.ts";
import { defaultConfig } from "../support/measure.ts";

/*
 * What people read of each captured machine, in each language: the card, the alert, and `show`. Of a machine that is
 * captured as the difference to another one, only the lines that the other one does not have.
 */

const config = { ...defaultConfig, sampleSeconds: 0 };
const terminal = { colour: false, ascii: false, columns: 80, ruler: Bun, timezone: "UTC" };

function linesOf({ content = "", embeds }: DiscordMessage): readonly string[] {
  const texts = embeds.flatMap(({ title = "", description = "", fields = [], footer }) => [
    title,
    description,
    ...fields.flatMap(({ name, value }) => [name, value]),
    footer?.text ?? "",
  ]);
  return [content, ...texts].filter((text) => text !== "").flatMap((text) => text.split("\n"));
}

async function say(name: string, language: Language) {
  const machine = openCaptured(join(machinesDirectory, name));
  const words = await languages[language]();
  const measurement = await measure(machine, config, noPast, { everything: true });
  const alert = await announce(machine, config, noPast, measurement, words);
  const report = measurement.report(words, []);
  const parts = {
    card: linesOf(renderCard(report)),
    alert: alert === null ? [] : linesOf(renderAlert(alert, {})),
    show: renderAll(report, terminal).split("\n"),
  };
  return { parts, names: namesIn(measurement.snapshot.readings) };
}

const said = new Map<string, ReturnType<typeof say>>();

/** Each machine speaks once in a language, also when others are told as the difference to it. */
function saidOf(name: string, language: Language) {
  const saying = said.get(`${name} ${language}`) ?? say(name, language);
  said.set(`${name} ${language}`, saying);
  return saying;
}

const names = readdirSync(machinesDirectory).filter((name) => statSync(join(machinesDirectory, name)).isDirectory());

function baseOf(name: string): string | null {
  const { base } = JSON.parse(readFileSync(join(machinesDirectory, name, "machine.json"), "utf8")) as { base?: string };
  return base === undefined ? null : basename(base);
}

/** Columns are as wide as the widest name, which says nothing about the other lines. */
const squeezed = (line: string) => line.replace(/ {2,}/g, "  ").trimEnd();

async function goldenOf(name: string, language: Language): Promise<readonly string[]> {
  const { parts } = await saidOf(name, language);
  const base = baseOf(name);
  const known = base === null ? null : (await saidOf(base, language)).parts;
  return (["card", "alert", "show"] as const).flatMap((part) => {
    const same = new Set(known?.[part].map(squeezed));
    const own = parts[part].map(squeezed).filter((line) => !same.has(line));
    return own.length === 0 ? [] : [`# ${part}, ${language}`].concat(own, "");
  });
}

describe.each(names)("%s", (name) => {
  test("says in each language what the golden file says", async () => {
    const all = [await goldenOf(name, "en"), await goldenOf(name, "ja")];
    expectGolden(join(machinesDirectory, name, "said.txt"), all.flat().join("\n"));
  });

  test("says nothing in English to a Japanese reader but names, units and what stays English", async () => {
    const { parts, names: given } = await saidOf(name, "ja");
    const written = (text: string) => Array.from(text.matchAll(/[A-Za-z]{4,}/g), ([word]) => word);
    const own = given.flatMap(written);
    const withoutCode = Object.values(parts)
      .flat()
      .join("\n")
      .replace(/\u200B|`[^`]*`|\/(?:proc|var)\/[\w./]+/g, "");
    const left = written(withoutCode).filter((word) => !stays.has(word));
    expect(left.filter((word) => !own.some((one) => one.startsWith(word)))).toEqual([]);
  });
});

/** Of the list of the words that stay English, and the names of this program and its commands. */
const stays = new Set(
  "DEGRADED ONLINE btrfs conntrack fstab inode accept Killer steal SMART unhealthy failed masked HTTP RAID server metrics show systemctl systemd proc".split(
    " ",
  ),
);

/** What the program itself says of the machine, in words of its own. */
const ours = new Set(["reason", "problem", "state", "health"]);

/** Every text in what was read: names, mostly. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (ours.has(key) ? [] : namesIn(one)));
}
