import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { exitCodes } from "../../lib/exit.ts";
import { main } from "../../lib/main.ts";
import { temporaryDirectory } from "../support/project.ts";
import { testHost } from "../support/testHost.ts";
import { testWorld } from "../support/testWorld.ts";

/** A machine whose disk and memory are used so far, in percent. */
function machineWith(disk: number, memory: number) {
  const total = 100_000_000_000;
  const available = Math.round(total * (1 - disk / 100));
  return testHost({
    proc: {
      "self/mountinfo": "27 1 8:1 / / rw - ext4 /dev/sda1 rw",
      meminfo: `MemTotal: 10000000 kB\nMemAvailable: ${Math.round(100_000 * (100 - memory))} kB\n`,
      uptime: "3600.00 7200.00",
      "sys/kernel/hostname": "vps",
      "sys/kernel/random/boot_id": "0",
    },
    statfs: { "/": { totalBytes: total, freeBytes: available, availableBytes: available } },
  });
}

/** Everything that is said of one machine: on cards and alerts, by `show`, `history`, its picture and `check --rules`. */
async function sayAll(disk: number, memory: number) {
  using directory = temporaryDirectory();
  const posted: string[] = [];
  const world = testWorld({
    env: {
      DISCORD_WEBHOOK_URL: "https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz-_0123456789",
    },
    fetch: async (_url, { body }) => {
      posted.push(await new Response(body ?? "").text());
      return Response.json({ id: "1" });
    },
  });
  const run = async (...argv: readonly string[]) => {
    const own = { ...world, machine: { host: machineWith(disk, memory), clock: world.clock } };
    const before = world.said.out.length;
    expect(await main({ ...own, argv: [...argv, "--state-dir", directory.path] })).toBe(exitCodes.ok);
    return world.said.out.slice(before);
  };
  for (let look = 0; look < 3; look++) {
    await run("report", "--sample", "0");
    await world.clock.sleep(1_800_000);
  }
  const picture = join(directory.path, "day.png");
  const said = {
    posted: namesFirst(posted.join("\n")),
    show: await run("show", "--sample", "0"),
    json: await run("show", "--json", "--sample", "0"),
    history: await run("history"),
    rules: await run("check", "--rules"),
  };
  await run("history", "--png", picture);
  return { ...said, picture: readFileSync(picture, "utf8") };
}

/** A card's row has its number before the name, and no blank in one of six characters: here it is behind, with one. */
const namesFirst = (text: string) => text.replaceAll(/` *([\d.]+).?%` \*\*([^*]+)\*\*[^\\"]*/g, "$2 $1 % ");

/** The digits of the shares that follow a word. */
const sharesAfter = (word: RegExp, text: string) =>
  new Set(Array.from(text.matchAll(new RegExp(`${word.source}[^%]{0,60}?([\\d.]+) %`, "g")), ([, digits]) => digits));

test.each([
  [84.2, "84.2", 89.97, "89.9"],
  [84.97, "84.9", 90, "90"],
  [85.02, "85.1", 90.02, "90.1"],
  [42.1, "43", 67.5, "68"],
  [99.6, "99.6", 95.6, "95.6"],
])("a disk of %d %% is %s %% everywhere, and memory of %d %% is %s", async (disk, diskDigits, memory, memoryDigits) => {
  const { json, ...said } = await sayAll(disk, memory);
  for (const [medium, text] of Object.entries(said)) {
    expect([medium, ...sharesAfter(/(?:[Dd]isk(?: \/)?|storage_used \/)/, text)]).toEqual([medium, diskDigits]);
    expect([medium, ...sharesAfter(/(?:[Mm]emory|RAM)/, text)]).toEqual([medium, memoryDigits]);
  }
  expect([...sharesAfter(/disk \//, json)]).toEqual(disk >= 85 ? [diskDigits] : []);
  // What is shown beyond a threshold is raised, and nothing else is.
  expect(said.rules).toMatch(disk >= 85 ? /^(?:warning|critical) +storage_used \/:/m : /^ok +storage_used \/:/m);
  expect(said.posted.includes(`disk / ${diskDigits} % full`)).toBe(disk >= 85);
});
