/** What happens on a server by itself, look by look, written after what such machines show: none of it may be loud. */
import { expect, test } from "bun:test";

import { changes } from "../../lib/metrics/changes.ts";
import type { Kept } from "../../lib/metrics/watched/kept.ts";
import { defaultConfig } from "../support/measure.ts";
import { testHost, type TestMachine } from "../support/testHost.ts";

const minuteMs = 60_000;
const start = Date.parse("2026-08-01T12:00:00Z");

/** A look's machine, and how many minutes after the one before. */
interface Scene extends TestMachine {
  readonly minutes?: number;
  readonly isErrand?: boolean;
}

/** What the looks at these scenes find, in short. */
async function toldIn(...scenes: readonly Scene[]): Promise<readonly string[]> {
  let before: Kept | null = null;
  let nowMs = start;
  const told: string[] = [];
  for (const { minutes = 5, isErrand = false, ...machine } of scenes) {
    nowMs += minutes * minuteMs;
    const clock = { now: () => nowMs, monotonicMs: () => 0, sleep: async () => undefined };
    before = await changes.collect(testHost(machine), defaultConfig, { before, clock, isErrand });
    told.push(
      ...before.found.map(({ isLoud, kind, action, subject, by }) =>
        [isLoud ? "LOUD" : "quiet", kind, action, subject, by].filter((part) => part !== null).join(" "),
      ),
    );
  }
  return told;
}

const head = "  sl  local_address rem_address   st\n";
/** Sockets that listen on all addresses, by port and inode. */
const listening = (sockets: Readonly<Record<number, number>>) =>
  head +
  Object.entries(sockets)
    .map(([port, inode]) => {
      const hex = Number(port).toString(16).toUpperCase().padStart(4, "0");
      return `   0: 00000000:${hex} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
    })
    .join("");
const status = (packages: Readonly<Record<string, string>>) =>
  Object.entries(packages)
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n\n`)
    .join("");
const addresses = (...all: readonly string[]) =>
  all.map((one) => `           |-- ${one}\n              /32 host LOCAL\n`).join("");

const range = { "sys/net/ipv4/ip_local_port_range": "32768\t60999\n", "net/route": "" };
const files = {
  "/etc/passwd": "root:x:0:0::/root:/bin/bash\npostgres:x:106:113::/var/lib/postgresql:/bin/bash\n",
  "/etc/group": "sudo:x:27:\n",
  "/etc/sudoers": "root ALL=(ALL:ALL) ALL\n",
  "/etc/crontab": "17 * * * * root run-parts /etc/cron.hourly\n",
  "/var/lib/dpkg/status": status({ nginx: "1.22", certbot: "2.1", "linux-image-amd64": "6.1.119", "docker-ce": "27" }),
  "/etc/cron.d/certbot": "0 */12 * * * root certbot -q renew\n",
  "/lib/systemd/system/certbot.timer": "[Timer]\nOnCalendar=*-*-* 00,12:00:00\n",
  "/etc/letsencrypt/live/example.org/fullchain.pem": "first",
};
const proc = { "net/tcp": listening({ 22: 900, 80: 1000, 443: 1001 }), ...range };

test("certbot is installed by a package, with its timer, its cron file and a hook", async () => {
  const { "/etc/cron.d/certbot": cron, "/lib/systemd/system/certbot.timer": timer, ...bare } = files;
  const without = { ...bare, "/var/lib/dpkg/status": status({ nginx: "1.22" }) };
  const enabled = {
    "/etc/systemd/system": {},
    "/etc/systemd/system/timers.target.wants": { "certbot.timer": "/lib/systemd/system/certbot.timer" },
  };
  const installed = {
    ...without,
    "/var/lib/dpkg/status": status({ nginx: "1.22", certbot: "2.1" }),
    "/var/lib/dpkg/info/certbot.list": "/etc/cron.d/certbot\n/lib/systemd/system/certbot.timer\n",
    "/etc/cron.d/certbot": cron,
    "/lib/systemd/system/certbot.timer": timer,
    "/etc/systemd/system/timers.target.wants/certbot.timer": timer,
    "/etc/letsencrypt/renewal-hooks/deploy/nginx": "#!/bin/sh\nsystemctl reload nginx\n",
  };
  expect(await toldIn({ files: without, proc }, { files: installed, links: enabled, proc })).toEqual([
    "quiet unit added certbot.timer certbot",
    "quiet cron added /etc/cron.d/certbot certbot",
    "quiet package added certbot",
  ]);
});

/** Docker with containers: each has a pair of interfaces, an overlay mount and a proxy for each port. */
function docker(containers: readonly { readonly port: number; readonly inode: number; readonly process: number }[]) {
  const sockets = Object.fromEntries(containers.map(({ port, inode }) => [port, inode]));
  const owners = containers.map(({ process }) => [
    [`${process}/comm`, "docker-proxy\n"],
    [`${process}/cmdline`, "/usr/bin/docker-proxy\0-proto\0tcp\0-host-ip\x000.0.0.0\0"],
  ]);
  const links = containers.flatMap(({ inode, process }) => [
    [`/proc/${process}/fd`, { "4": `socket:[${inode}]` }],
    [`/proc/${process}`, { exe: "/usr/bin/docker-proxy" }],
  ]);
  const tcp = listening({ 22: 900, ...sockets });
  return {
    files,
    links: Object.fromEntries(links) as TestMachine["links"] & {},
    proc: {
      ...range,
      ...Object.fromEntries(owners.flat()),
      "net/tcp": tcp,
      "net/tcp6": tcp.replaceAll(" 00000000:", ` ${"0".repeat(32)}:`),
      "net/fib_trie": addresses("203.0.113.5", "172.17.0.1", ...(containers.length > 1 ? ["172.18.0.1"] : [])),
    },
  };
}

test("containers are deployed: new ones, new versions of them, and a rollback, with ports that open and close", async () => {
  const app = { port: 8080, inode: 5000, process: 810 };
  const told = await toldIn(
    docker([]),
    docker([app]),
    // The old one is stopped, and the new one has another proxy.
    docker([]),
    docker([{ ...app, inode: 6000, process: 910 }]),
    docker([
      { ...app, inode: 6000, process: 910 },
      { port: 8081, inode: 6001, process: 911 },
    ]),
    docker([{ ...app, inode: 7000, process: 1010 }]),
  );
  expect(told).toEqual([
    "quiet port added 8080/tcp docker-proxy",
    "quiet port added 8081/tcp docker-proxy",
    "quiet address added 172.18.0.1",
    "quiet address removed 172.18.0.1",
  ]);
});
