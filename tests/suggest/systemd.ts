/**
 * The recipes on a Debian that was booted with systemd: units of real servers, looked at by the unit that `install --systemd`
 * writes, with all of its sandbox. Runs with `npm run systemd`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";

import { selfSigned } from "../support/certificate.ts";
import { type FakeDiscord, fakeDiscord } from "../support/fakeDiscord.ts";
import { bootSystemd, missingToBoot, type SystemdMachine } from "../support/systemdMachine.ts";

const packages = [
  "redis-server",
  "valkey-server",
  "postgresql",
  "mariadb-server",
  "nginx",
  "caddy",
  "certbot",
  "pebble",
  "restic",
  "borgbackup",
  "cron",
  "openssl",
  "ca-certificates",
  "procps",
];

const ready = missingToBoot.length === 0;
if (!ready) console.error(`not run: needs ${missingToBoot.join(", ")}`);
const live = (name: string, check: () => Promise<void>) => test.skipIf(!ready)(name, check, 600_000);

let machine: SystemdMachine;
let discord: FakeDiscord;
let heard = 0;

/** The alerts since the last time. */
function alerts(): string {
  const fresh = discord.messages.slice(heard).map((message) => JSON.stringify(message).replaceAll("\u00A0", " "));
  heard = discord.messages.length;
  return fresh.filter((message) => message.includes('"content":')).join("\n");
}

/** Debian's servers, with what would be in each other's way moved. */
const setUp = `
sed -i 's/^port .*/port 6380/' /etc/valkey/valkey.conf
printf '{\\n  skip_install_trust\\n  auto_https disable_redirects\\n}\\nhttps://a.example:8443 {\\n  tls internal\\n}\\n' >/etc/caddy/Caddyfile
systemctl reset-failed
systemctl restart valkey-server caddy
systemctl start redis-server postgresql mariadb nginx cron
runuser -u postgres -- psql -qc 'create role root login' -c 'grant pg_monitor to root'`;

/** A real certbot has a certificate for so many seconds from a real authority, which forgets its accounts when it stops. */
const certify = (seconds: number) => `
mkdir -p /srv/acme; cd /srv/acme
[ -f key.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=localhost -days 9 2>/dev/null
printf '{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "certificate": "cert.pem",
"privateKey": "key.pem", "httpPort": 80, "tlsPort": 443, "certificateValidityPeriod": ${seconds}}}' >pebble.json
systemd-run --quiet --collect --unit=pebble -p WorkingDirectory=/srv/acme -E PEBBLE_VA_ALWAYS_VALID=1 -E PEBBLE_VA_NOSLEEP=1 pebble -config pebble.json
timeout 60 sh -c 'until openssl s_client -connect 127.0.0.1:14000 </dev/null >/dev/null 2>&1; do sleep 0.2; done'
rm -rf /etc/letsencrypt/accounts
certbot certonly -nq --standalone --http-01-port 8888 --agree-tos --register-unsafely-without-email --force-renewal \\
  -d a.example --no-verify-ssl --server https://127.0.0.1:14000/dir 2>/dev/null
systemctl stop pebble`;

const backUp = `
export RESTIC_REPOSITORY=/srv/restic RESTIC_PASSWORD_FILE=/srv/password
[ -d /srv/restic ] || { echo x >/srv/password; restic -q init; }
restic -q backup /etc/nginx
export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
[ -d /srv/borg ] || borg init -e none /srv/borg
borg create /srv/borg::$(cat /proc/sys/kernel/random/uuid) /etc/nginx
install -d -o postgres /srv/dumps
runuser -u postgres -- sh -c 'pg_dump postgres | gzip >/srv/dumps/a-$(date +%F).gz'
mysqldump --all-databases 2>/dev/null | gzip >/srv/dumps/m-$(date +%F).gz`;

const cronJobs = `
cat >/etc/cron.d/backups <<'.'
30 4 * * * root RESTIC_REPOSITORY=/srv/restic RESTIC_PASSWORD_FILE=/srv/password restic backup /srv
40 4 * * * root BORG_REPO=/srv/borg borg create ::{now} /srv
50 4 * * * postgres pg_dump postgres | gzip >/srv/dumps/a-$(date +\\%F).gz
55 4 * * * root mysqldump --all-databases | gzip >/srv/dumps/m-$(date +\\%F).gz
.`;

const { cert, key } = selfSigned("DNS:b.example", { days: 300 });
const ownCertificate = (pem: string) => `cat >/etc/ssl/b.pem <<'.'\n${pem}.\n`;
const encrypt = `${ownCertificate(cert)}cat >/etc/ssl/b.key <<'.'\n${key}.
printf 'server { listen 443 ssl; ssl_certificate /etc/ssl/b.pem; ssl_certificate_key /etc/ssl/b.key; }\\n' >/etc/nginx/conf.d/b.conf
systemctl reload nginx`;

beforeAll(async () => {
  if (!ready) return;
  discord = await fakeDiscord();
  machine = await bootSystemd("trixie", { packages });
  for (const script of [setUp, encrypt, cronJobs, backUp, certify(90 * 86_400)]) await machine.shell(script);
  await machine.shell(`
umask 077
printf 'webhook = "${discord.webhookUrl}"\\n[rules]\\nload = false\\ncpu_busy = false\\n' >/usr/local/bin/server-metrics.toml
mkdir -p /etc/systemd/system/server-metrics.service.d
printf '[Service]\\nEnvironment=SERVER_METRICS_ALLOW_HOST=${discord.host}\\n' >/etc/systemd/system/server-metrics.service.d/test.conf
server-metrics install --systemd
systemctl stop server-metrics.timer`);
}, 900_000);

afterAll(async () => {
  await machine?.[Symbol.asyncDispose]();
  await discord?.[Symbol.asyncDispose]();
}, 60_000);

/** What two looks of the unit tell. Two within seconds would be one. */
async function look(): Promise<string> {
  await machine.shell("systemctl start server-metrics; sleep 31; systemctl start server-metrics; sleep 31");
  return alerts();
}

/** Breaks something, which the next two looks tell, and mends it, which the two after them tell. */
async function tells(what: { breaks: string; told: readonly RegExp[]; mends: string; over: readonly RegExp[] }) {
  await machine.shell(what.breaks);
  const told = await look();
  for (const text of what.told) expect(told).toMatch(text);
  await machine.shell(what.mends);
  const over = await look();
  for (const text of what.over) expect(over).toMatch(text);
  expect(told + over).not.toContain("server-metrics.service started");
}

const units = ["postgresql@17-main", "redis-server", "valkey-server", "mariadb", "nginx", "caddy"];
const probes = [
  "Backup a-*.gz",
  "Backup m-*.gz",
  "Backup restic",
  "Backup borg",
  "PostgreSQL connections",
  "PostgreSQL databases",
  "PostgreSQL write-ahead log",
  "Redis 6379 memory",
  "Redis 6379 save failed",
  "Valkey 6380 memory",
  "Valkey 6380 save failed",
  "MariaDB connections",
  "MariaDB databases",
  "Certificate b.pem",
  "Certificates of Caddy",
  "Certificates of certbot",
];

live("what suggest finds on a booted machine is right, and well for the hardened unit", async () => {
  const added = await machine.shell("server-metrics suggest --write");
  for (const name of [...units.map((unit) => `${unit}.service`), ...probes, "nginx 80", "nginx 443", "Caddy"]) {
    expect(added).toContain(name);
  }
  expect(added).not.toContain("Not added");
  expect(await look()).toBe("");
  expect(await machine.shell("journalctl -q -o cat -u server-metrics -t server-metrics")).toBe("");
});

live("Redis and Valkey that stop are told by their units and by what they answer", () =>
  tells({
    breaks: "systemctl stop redis-server valkey-server",
    told: [
      /redis-server\.service is down/,
      /valkey-server\.service is down/,
      /Redis 6379 memory: Could not connect to Redis/,
      /Valkey 6380 memory: Could not connect to Valkey/,
    ],
    mends: "systemctl start redis-server valkey-server",
    over: [/redis-server\.service is up again/, /valkey-server\.service/],
  }),
);

live("PostgreSQL and MariaDB that stop are told by their units and by what they answer", () =>
  tells({
    breaks: "systemctl stop postgresql mariadb",
    told: [
      /postgresql@17-main\.service is down/,
      /mariadb\.service is down/,
      /PostgreSQL connections: psql: error: connection to server/,
      /MariaDB connections: ERROR 2002/,
    ],
    mends: "systemctl start postgresql mariadb",
    over: [/postgresql@17-main\.service/, /mariadb\.service/],
  }),
);

live("nginx and Caddy that stop are told by their units, ports and pages", () =>
  tells({
    breaks: "systemctl stop nginx caddy",
    told: [/nginx\.service is down/, /caddy\.service is down/, /nginx 80 unreachable/, /Caddy is down/],
    mends: "systemctl start nginx caddy",
    over: [/nginx\.service/, /caddy\.service/],
  }),
);

live(
  "certificates of a real certbot, of nginx and of Caddy that expire are told, and a timer of certbot that stops",
  () =>
    tells({
      breaks: `${certify(3)}\n${ownCertificate(selfSigned("DNS:b.example", "expired").cert)}systemctl stop certbot.timer`,
      told: [/certbot\.timer is down/, /Certificates of certbot: expired/, /Certificate b\.pem: expired/],
      mends: `${certify(90 * 86_400)}\n${ownCertificate(cert)}systemctl start certbot.timer`,
      over: [/certbot\.timer/, /Certificates of certbot recovered/, /Certificate b\.pem recovered/],
    }),
);

live("backups of pg_dump, mysqldump, restic and borg that are gone are told", () =>
  tells({
    breaks: "rm /srv/dumps/* /srv/restic/snapshots/* /srv/borg/index.*",
    told: [
      /Backup a-\\\\\*\.gz: no such file/,
      /Backup m-\\\\\*\.gz: no such file/,
      /Backup restic: no such file/,
      /Backup borg: no such file/,
    ],
    mends: backUp,
    over: [/Backup a-\\\\\*\.gz recovered/, /Backup m-\\\\\*\.gz/, /Backup restic/, /Backup borg/],
  }),
);

live("what a check puts into a session of its own ends with the unit", async () => {
  await machine.shell(`
cat >/usr/local/bin/stray <<'.'
#!/bin/sh
rm -f /tmp/stray
setsid sh -c 'touch /tmp/stray; exec sleep 98765' >/dev/null 2>&1 &
until [ -e /tmp/stray ]; do :; done
echo 5
.
chmod 755 /usr/local/bin/stray
printf '[[probe]]\\nname = "Stray"\\nrun = ["/usr/local/bin/stray"]\\n' >>/usr/local/bin/server-metrics.toml
systemctl start server-metrics`);
  const strays = async () => (await machine.run("pgrep", "-fc", "sleep 98765")).stdout;
  expect(await strays()).toBe("0\n");
  await machine.shell("server-metrics show --state-dir none");
  expect(await strays()).toBe("1\n");
});
