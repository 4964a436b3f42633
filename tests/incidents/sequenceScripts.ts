/** Something that happens on a server by itself; all of it in a Debian with sshd, cron, nginx and PostgreSQL. */
export interface Step {
  /** What a look after it is called. */
  readonly what: string;
  /** What is done in the Debian, and outside of it: its network. */
  readonly script?: string;
  readonly network?: string;
  /** It takes its time: there are looks meanwhile. */
  readonly isWatched?: true;
  /** How long after the look before; if not given, 5. */
  readonly minutes?: number;
  /** The look of the day. */
  readonly isErrand?: true;
  /** The machine was started anew before it. */
  readonly boots?: true;
}

const nextDay: Step = { what: "the next day", minutes: 24 * 60, isErrand: true };
const atRest = (script = ""): readonly Step[] => [
  { what: "at rest", script, minutes: 0 },
  { what: "still at rest" },
  nextDay,
];

const install = "DEBIAN_FRONTEND=noninteractive apt-get -y --no-download --no-install-recommends";
const unpack = (name: string) => `dpkg -x /var/cache/apt/archives/${name}_*.deb /opt/${name}`;

/** A server for certificates that asks nginx whether the name is ours, and a first certificate. */
const firstCertificate = `
${unpack("pebble")}
mkdir /opt/acme
cd /opt/acme
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem
cat >config.json <<'END'
{ "pebble": { "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
  "certificate": "cert.pem", "privateKey": "key.pem", "httpPort": 80, "tlsPort": 443 } }
END
echo '203.0.113.5 example.org' >>/etc/hosts
export PEBBLE_VA_SLEEPTIME=4 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0
/opt/pebble/usr/bin/pebble -config config.json >log 2>&1 &
sleep 2
printf 'no-verify-ssl = true\\nserver = https://127.0.0.1:14000/dir\\nagree-tos = true\\nemail = you@example.org\\n' >>/etc/letsencrypt/cli.ini
certbot certonly -n --webroot -w /var/www/html -d example.org
cat >/etc/nginx/sites-enabled/example.org <<'END'
server { listen 443 ssl; server_name example.org; root /var/www/html;
  ssl_certificate /etc/letsencrypt/live/example.org/fullchain.pem;
  ssl_certificate_key /etc/letsencrypt/live/example.org/privkey.pem; }
END
service nginx reload`;

const certbot: readonly Step[] = [
  ...atRest(firstCertificate),
  {
    what: "certbot renews by way of nginx, and its hook reloads nginx",
    script: "certbot -q renew --force-renewal --no-random-sleep-on-renew --deploy-hook 'service nginx reload'",
    isWatched: true,
  },
  nextDay,
  {
    what: "certbot renews by itself, while nginx is stopped",
    script:
      "certbot certonly -n --standalone --force-renewal -d example.org --pre-hook 'service nginx stop' --post-hook 'service nginx start'",
    isWatched: true,
  },
  { what: "then" },
  nextDay,
];

/** With all modules in it, an initramfs takes minutes. */
const fewModules = "mkdir -p /etc/initramfs-tools/conf.d; echo MODULES=list >/etc/initramfs-tools/conf.d/modules";

const kernel: readonly Step[] = [
  ...atRest(fewModules),
  {
    what: "a kernel is installed",
    script: `${install} install linux-image-amd64="$(cat /first-kernel)" initramfs-tools`,
    isWatched: true,
  },
  nextDay,
  { what: "a new kernel is installed", script: `${install} install linux-image-amd64`, isWatched: true },
  { what: "before the reboot" },
  {
    what: "after the reboot, before the network is up",
    script:
      "for one in nginx postgresql cron ssh; do service $one stop || true; done; sleep 2; service ssh start; service cron start",
    network: "ip address flush dev wan",
    minutes: 2,
    boots: true,
  },
  {
    what: "after the reboot",
    script: "service postgresql start; service nginx start",
    network: "ip address add 203.0.113.5/24 dev wan",
  },
  nextDay,
  {
    what: "the old kernel is removed",
    script: `${install} -o APT::Protect-Kernels=false --purge autoremove`,
    isWatched: true,
  },
  { what: "then" },
  nextDay,
];

/** An image out of a file system, and a container of it. */
const image = (tag: string) => `
mkdir -p /tmp/image/bin
cp /opt/busybox-static/bin/busybox /tmp/image/bin/
echo ${tag} >/tmp/image/version
tar -C /tmp/image -c . | docker import - app:${tag}`;
const start = (name: string, tag: string, port: number) =>
  `docker run -d --name ${name} -p ${port}:80 app:${tag} /bin/busybox httpd -f -p 80; sleep 1`;

/** Nothing starts it in a chroot. */
const startEngine = "dockerd >>/var/log/docker.log 2>&1 &\nuntil docker version; do sleep 1; done";
const stopEngine = "kill $(cat /run/docker.pid); while [ -e /run/docker.pid ]; do sleep 1; done";

const docker: readonly Step[] = [
  ...atRest(`
${unpack("busybox-static")}
mkdir -p /etc/docker
echo '{ "iptables": false, "ip6tables": false, "storage-driver": "vfs", "log-level": "warn" }' >/etc/docker/daemon.json`),
  { what: "Docker is installed", script: `${install} install docker.io\n${startEngine}`, isWatched: true },
  { what: "then" },
  nextDay,
  { what: "a first container", script: `${image("1")}\n${start("web", "1", 8080)}` },
  { what: "then" },
  {
    what: "the next version of it",
    script: `${image("2")}\ndocker stop -t 1 web; docker rm web\n${start("web", "2", 8080)}`,
    isWatched: true,
  },
  {
    what: "another one, in a network of its own",
    script:
      "docker network create back; docker run -d --name api --network back -p 8081:80 app:2 /bin/busybox httpd -f -p 80; sleep 1",
  },
  {
    what: "the engine is started anew",
    script: `${stopEngine}
${startEngine}
docker start web api`,
  },
  { what: "the version before", script: `docker rm -f web\n${start("web", "1", 8080)}` },
  { what: "one of them is gone", script: "docker rm -f api; docker network rm back" },
  nextDay,
];

export const sequences = { certbot, kernel, docker } as const satisfies Readonly<Record<string, readonly Step[]>>;
export type SequenceName = keyof typeof sequences;
export const sequenceNames = Object.keys(sequences).filter((name): name is SequenceName => name in sequences);
