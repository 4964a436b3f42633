import { expect } from "bun:test";

import { selfSigned } from "../../support/certificate.ts";
import { testWith } from "../../support/needs.ts";
import { type Life, listens, openLife } from "./life.ts";

/** Writes a file of the machine. */
const write = async ({ shell }: Life, path: string, text: string) =>
  shell(`mkdir -p "$(dirname ${path})"; cat >${path} <<'.'\n${text.trimEnd()}\n.`);

const good = { days: 300 };

testWith(
  "nginx",
  "ip",
  "openssl",
)("nginx that stopped, and its certificate that expired, are told, and that it is over", async () => {
  await using life = await openLife();
  const { cert, key } = selfSigned("DNS:a.example", good);
  const directories = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${life.at(name)};`,
  );
  await write(life, life.at("a.pem"), cert);
  await write(life, life.at("a.key"), key);
  await write(
    life,
    "/etc/nginx/nginx.conf",
    `user root; worker_processes 1; pid ${life.at("nginx.pid")}; events {}
http { access_log off; ${directories.join(" ")} include /etc/nginx/conf.d/*; }`,
  );
  await write(
    life,
    "/etc/nginx/conf.d/a.conf",
    `server {
  listen 80; listen 443 ssl;
  ssl_certificate ${life.at("a.pem")};
  ssl_certificate_key ${life.at("a.key")};
}`,
  );
  const start = async () => life.start(["nginx", "-e", life.at("log"), "-g", "daemon off;"], listens(443));
  await start();
  const toml = await life.adopt();
  for (const name of ["nginx 80", "nginx 443", "Certificate a.pem"]) expect(toml).toContain(`\nname = "${name}"`);
  await write(life, life.at("a.pem"), selfSigned("DNS:a.example", "expired").cert);
  await life.stop("nginx: master");
  await life.tells(
    "nginx 443 unreachable (connection refused)",
    /\*\*Certificate a\.pem: expired [\d,]+ days ago, limit 2 d 5 h/,
    /<t:\d+:t>/,
  );
  await write(life, life.at("a.pem"), cert);
  await start();
  await life.tells("nginx 443 reachable again", "Certificate a.pem recovered** · after 10 min");
});

testWith(
  "caddy",
  "ip",
  "openssl",
)("Caddy that stopped, and a certificate of its own that expired, are told, and that it is over", async () => {
  await using life = await openLife();
  const file = `{\n  skip_install_trust\n}\nhttps://a.example:8443 {\n  tls internal\n  respond ok\n}`;
  await write(life, life.at("Caddyfile"), file);
  const kept = life.at(".local/share/caddy/certificates/local/a.example/a.example.crt");
  const serve = [
    "env",
    `HOME=${life.at("")}`,
    "caddy",
    "run",
    "--config",
    life.at("Caddyfile"),
    "--adapter",
    "caddyfile",
  ];
  const start = async () => life.start(serve, `sh -c "${listens(2019)} && [ -s ${kept} ]"`);
  await start();
  const toml = await life.adopt();
  for (const name of ["Caddy", "Certificates of Caddy"]) expect(toml).toContain(`\nname = "${name}"`);
  await life.stop("caddy");
  await life.shell(`cp ${kept} $W/kept`);
  await write(life, kept, selfSigned("DNS:a.example", "expired").cert);
  await life.tells(
    /Caddy is down \(connection refused\)/,
    /\*\*Certificates of Caddy: expired [\d,]+ days ago, limit 2 d 5 h, a\.example\/a\.example\.crt\*\*/,
    /<t:\d+:t>/,
  );
  await life.shell(`cp $W/kept ${kept}`);
  await start();
  await life.tells("Caddy is up again", "Certificates of Caddy recovered** · after 10 min");
});

testWith("ip", "openssl")(
  "a certificate as certbot keeps it that was not renewed is told, and that it is over",
  async () => {
    await using life = await openLife();
    const keep = async (number: number, when: Parameters<typeof selfSigned>[1]) => {
      await write(
        life,
        `/etc/letsencrypt/archive/a.example/fullchain${number}.pem`,
        selfSigned("DNS:a.example", when).cert,
      );
      await life.shell(`chmod 700 /etc/letsencrypt/archive; mkdir -m 700 -p /etc/letsencrypt/live
mkdir -p /etc/letsencrypt/live/a.example
ln -sfn ../../archive/a.example/fullchain${number}.pem /etc/letsencrypt/live/a.example/fullchain.pem`);
    };
    await keep(1, good);
    expect(await life.adopt()).toContain('\nname = "Certificates of certbot"\n');
    await keep(2, { days: 5.5 });
    await life.tells("Certificates of certbot: 5 d 11 h, limit 14 days, a.example/fullchain.pem: warning", /<t:\d+:t>/);
    await keep(3, "expired");
    await life.tells(/Certificates of certbot: expired [\d,]+ days ago.*critical/);
    await keep(4, good);
    await life.tells("Certificates of certbot recovered, after 20 min");
  },
);
