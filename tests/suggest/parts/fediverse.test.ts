import { expect } from "bun:test";

import { testWith } from "../../support/needs.ts";
import { openLife } from "./life.ts";
import { bullQueue, startPages, startRedis } from "./servers.ts";

const withRedis = testWith("redis-server", "redis-cli", "ip");

/** Bodies as Misskey documents them. */
const misskey = {
  "GET /healthz": {},
  "GET /nodeinfo/2.1": {
    version: "2.1",
    software: { name: "misskey", version: "2026.10.0", homepage: "https://misskey-hub.net/" },
    protocols: ["activitypub"],
    services: { inbound: [], outbound: ["atom1.0", "rss2.0"] },
    openRegistrations: false,
    usage: { users: { total: 3, activeHalfyear: 2, activeMonth: 1 }, localPosts: 51_822, localComments: 0 },
    metadata: { nodeName: "post" },
  },
  "POST /api/stats": {
    notesCount: 9_000_000,
    originalNotesCount: 51_822,
    usersCount: 300_000,
    originalUsersCount: 3,
    reactionsCount: 4_000_000,
    instances: 8123,
    driveUsageLocal: 0,
    driveUsageRemote: 0,
  },
};

withRedis("Misskey's full queues of BullMQ, and that its pages are gone, are told, and that it is over", async () => {
  await using life = await openLife();
  await startRedis(life);
  await life.shell(`mkdir -p $W/app/.config; cat >$W/app/.config/default.yml <<'.'
url: https://post.example.net/
port: 3000
redis:
  host: localhost
  path: ${life.at("redis.sock")}\n.`);
  const start = async () => startPages(life, "Misskey (master)", 3000, misskey);
  await start();
  const toml = await life.adopt();
  for (const name of ["Inbox queue", "Deliver queue", "Inbox queue, delayed", "Known servers"]) {
    expect(toml).toMatch(new RegExp(`^name = "${name}"`, "m"));
  }
  expect(toml).toContain('# Now: 51,822\n[[probe]]\nname = "Notes"\n');
  await bullQueue(life, "inbox", "fill", "812");
  await bullQueue(life, "deliver", "delay", "10050");
  await life.tells("**Inbox queue 812** · limit 500", "**Deliver queue, delayed 10,050** · limit 10,000", /<t:\d+:t>/);
  await bullQueue(life, "inbox", "work");
  await bullQueue(life, "deliver", "clear");
  await life.tells("Inbox queue back to 0", "**Deliver queue, delayed back to 0** · after 10 min");
  await life.stop("Misskey (");
  await life.tells("Misskey is down (connection refused): critical", /-# <t:\d+:t>/);
  await start();
  await life.tells("Misskey is up again, after 10 min", /Was critical from <t:/);
});

/** Bodies as Mastodon documents them. Rails answers only to its own name. */
const mastodon = {
  host: "a.example",
  "GET /nodeinfo/2.0": {
    version: "2.0",
    software: { name: "mastodon", version: "4.4.3" },
    protocols: ["activitypub"],
    services: { outbound: [], inbound: [] },
    usage: { users: { total: 12, activeMonth: 4, activeHalfyear: 7 }, localPosts: 3456 },
    openRegistrations: false,
    metadata: { nodeName: "a", nodeDescription: "" },
  },
  "GET /api/v1/instance": {
    uri: "a.example",
    title: "a",
    version: "4.4.3",
    stats: { user_count: 12, status_count: 3456, domain_count: 7890 },
  },
};

/** A job as Sidekiq writes it. */
const job = JSON.stringify({
  class: "ActivityPub::DeliveryWorker",
  args: [1, 2, "https://b.example/inbox"],
  queue: "push",
  jid: "b4a577edbccf1d805744efa9",
  retry: 16,
  created_at: 1_785_586_800_000,
  enqueued_at: 1_785_586_800_000,
});

withRedis("Mastodon's full lists of Sidekiq are told, and that it is over", async () => {
  await using life = await openLife();
  await startRedis(life);
  await life.shell("mkdir $W/app; echo LOCAL_DOMAIN=a.example >$W/app/.env.production");
  await startPages(life, "puma 6.6.0 (tcp://127.0.0.1:3100) [live]", 3100, mastodon);
  const toml = await life.adopt();
  expect(toml).toContain('# Now: 7,890\n[[probe]]\nname = "Known servers"\n');
  expect(toml).toMatch(/^name = "Sidekiq queue push"/m);
  const fill = (calls: string) => `redis-cli eval "${calls}" 0 '${job}'`;
  await life.shell(`${fill("for i = 1, 1200 do redis.call('LPUSH', 'queue:push', ARGV[1]) end")}
${fill("for i = 1, 10050 do redis.call('ZADD', 'retry', i, i .. ARGV[1]) end")}`);
  await life.tells(
    "**Sidekiq queue push 1,200** · limit 1,000",
    "**Sidekiq retries 10,050** · limit 10,000",
    /<t:\d+:t>/,
  );
  await life.shell("redis-cli del queue:push retry");
  await life.tells("Sidekiq queue push back to 0", "**Sidekiq retries back to 0** · after 10 min");
});
