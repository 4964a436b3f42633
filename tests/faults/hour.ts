/**
 * An hour under a real scheduler, one look a minute, with faults by a script: `npm run faults -- hour` has Debian's cron
 * in a namespace, `npm run faults -- timer` a booted Debian's systemd. Every message that is due must be told, once.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { ruleNames } from "../../lib/alerts/rules.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { run, temporaryDirectory } from "../support/project.ts";
import type { openCron, openTimer, Scheduler } from "./scheduler.ts";

const minuteMs = 60_000;
/** An act's alert needs so many looks at most. */
const looksForAlert = 4;
const cardEveryMs = 30 * minuteMs;

/** What the script acts upon. */
interface Stage {
  readonly scheduler: Scheduler;
  readonly discord: Awaited<ReturnType<typeof fakeDiscord>>;
  readonly page: { isUp: boolean };
}

/** What happens after a minute's look, and the alerts that this must lead to, in their order. */
interface Act {
  readonly after: number;
  readonly does: (stage: Stage) => unknown;
  readonly told?: RegExp;
  readonly forgets?: true;
}

const fill = (percent: number) => (stage: Stage) => {
  const { disk, shell } = stage.scheduler;
  return shell(`cd ${disk}; rm -f fill; set -- $(df -B1 --output=used,avail . | tail -1)
    fallocate -l $((($1 + $2) * ${percent} / 100 - $1)) fill`);
};
const empty = ({ scheduler: { disk, shell } }: Stage) => shell(`rm ${disk}/fill`);
const queue =
  (length: number) =>
  ({ scheduler: { directory, shell } }: Stage) =>
    shell(`echo ${length} >${directory}/queue`);
const limited = { status: 429, headers: { "Retry-After": "100" }, body: { retry_after: 100, global: false } };

const script: readonly Act[] = [
  { after: 3, does: ({ page }) => (page.isUp = false), told: /^🟥 blog is down/u },
  { after: 8, does: ({ page }) => (page.isUp = true), told: /^🟢 blog is up again/u },
  { after: 12, does: fill(88), told: /^⚠️ Disk \S+ 8[89]/u },
  { after: 16, does: fill(97), told: /^🟥 Disk \S+ 9[78]/u },
  { after: 20, does: empty, told: /^🟢 Disk \S+ back/u },
  // Discord is out of order when something breaks, and well again before it is mended.
  { after: 23, does: ({ discord }) => discord.scriptForEver({ status: 503 }) },
  { after: 24, does: ({ page }) => (page.isUp = false), told: /^🟥 blog is down/u },
  { after: 29, does: ({ discord }) => discord.scriptForEver() },
  { after: 32, does: ({ page }) => (page.isUp = true), told: /^🟢 blog is up again/u },
  { after: 34, does: ({ discord }) => discord.scriptForEver(limited) },
  { after: 35, does: queue(500), told: /^⚠️ queue/u },
  { after: 38, does: ({ discord }) => discord.scriptForEver() },
  { after: 41, does: queue(3), told: /^🟢 queue/u },
  // The state of a machine that is well may be lost: a card more, and no alert.
  { after: 46, does: ({ scheduler: { state, shell } }) => shell(`rm -r ${state}`), forgets: true },
  { after: 49, does: fill(96), told: /^🟥 Disk \S+ 9[67]/u },
  { after: 53, does: empty, told: /^🟢 Disk \S+ back/u },
];

const settings = (webhook: string, page: string, { directory, disk }: Scheduler) => `webhook = "${webhook}"
heartbeat = "${page}/beat"
[storage]
exclude = ["/tmp*", "/work*"]
[rules]
${ruleNames
  .filter((name) => !["storage_used", "http_down", "probe_limit"].includes(name))
  .map((name) => `${name} = false`)
  .join("\n")}
[rules.storage_used.targets]
"/" = false
"${disk}" = { warning = 85, critical = 95 }
[[http]]
name = "blog"
url = "${page}/blog"
[[probe]]
name = "queue"
file = "${directory}/queue"
take = "number"
warning = 100
[[alerts.also]]
url = "${page}/also"
body = "{title}"
`;

/** Plays the hour, or its first minutes; returns how many lines were wrong. */
export async function playHour(open: typeof openCron | typeof openTimer, looks = 60): Promise<number> {
  await using discord = await fakeDiscord();
  const page = { isUp: true };
  const [beats, routed] = [new Array<number>(), new Array<string>()];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/beat")) beats.push(Date.now());
      if (pathname === "/also") routed.push((await request.text()).replace(/ \S+: /, " "));
      return new Response("hello", { status: pathname === "/blog" && !page.isUp ? 500 : 200 });
    },
  });
  using directory = temporaryDirectory();
  const file = join(directory.path, "settings.toml");
  await using scheduler = await open({
    allowed: discord.host,
    settings: (made) => {
      writeFileSync(file, settings(discord.webhookUrl, `http://127.0.0.1:${server.port}`, made));
      return file;
    },
  });
  server.unref();
  const stage = { scheduler, discord, page };
  await queue(3)(stage);
  await untilSecond(40);
  await scheduler.start();
  const played = script.filter(({ after }) => after <= looks - looksForAlert);
  const due = new Set<string>();
  let generation = 0;
  for (let look = 1; look <= looks; look += 1) {
    await untilSecond(1);
    due.add(`${Math.floor(Date.now() / cardEveryMs)} ${generation}`);
    await untilSecond(45);
    for (const act of played.filter(({ after }) => after === look)) {
      await act.does(stage);
      if (act.forgets === true) generation += 1;
      console.error(`after look ${look}: ${act.told?.source ?? "no news"}`);
    }
  }
  const sent = discord.messages.map((message) => JSON.stringify(message));
  const alerts = sent.flatMap((text) =>
    text.includes('"flags":4096') ? [] : [/"content":"([^"]+)/.exec(text)?.[1] ?? text],
  );
  return tell({
    looks,
    played,
    name: scheduler.name,
    alerts,
    routed,
    cards: sent.length - alerts.length,
    due: due.size,
    beats: beats.length,
  });
}

interface Told {
  readonly looks: number;
  readonly played: readonly Act[];
  readonly name: string;
  readonly alerts: readonly string[];
  readonly routed: readonly string[];
  readonly cards: number;
  readonly due: number;
  readonly beats: number;
}

function tell({ looks, played, name, alerts, routed, cards, due, beats }: Told): number {
  const expected = played.flatMap(({ told }) => (told === undefined ? [] : [told]));
  const wrong = [alerts, routed].flatMap((list, index) => {
    const where = ["Discord", "the other route"][index];
    const rows = Math.max(list.length, expected.length);
    return Array.from({ length: rows }, (_, row) => [expected[row], list[row]] as const).flatMap(([want, got]) =>
      want !== undefined && got !== undefined && want.test(got) ? [] : [`${where}: expected ${want}, told ${got}`],
    );
  });
  if (cards !== due) wrong.push(`${cards} cards, expected ${due}`);
  if (beats !== looks) wrong.push(`${beats} looks, expected ${looks}`);
  for (const line of wrong) console.error(line);
  const faults = `${played.length} faults and recoveries`;
  const counts = [
    `${alerts.length} of ${expected.length}`,
    `${routed.length} of ${expected.length}`,
    `${cards} of ${due}`,
  ];
  console.log(`| ${[name, beats, faults, ...counts, wrong.length].join(" | ")} |`);
  return wrong.length;
}

/** Waits for that second of a minute. */
async function untilSecond(second: number): Promise<void> {
  const nowMs = Date.now() % minuteMs;
  await run(["sleep", String(((second * 1000 - nowMs + minuteMs) % minuteMs) / 1000)]);
}
