import { expect } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { hardened } from "../support/hardened.ts";
import type { Namespace } from "../support/namespace.ts";
import { namespaces, testWith } from "../support/needs.ts";
import { withPackages } from "../support/packages.ts";
import { packageFile, program, testWhen } from "../support/programNeeds.ts";
import { openProbing } from "../support/probing.ts";
import { temporaryDirectory } from "../support/project.ts";
import { toolFile } from "../tools/tools.ts";

const plugins = "/usr/lib/nagios/plugins";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const quotedList = (words: readonly string[]) => JSON.stringify(words);

interface Found {
  readonly probe: string;
  readonly state: number | null;
  readonly text: string;
  readonly problem: { readonly code: string } | null;
  readonly numbers: readonly { readonly label: string | null; readonly value: number; readonly uom: string | null }[];
}

/** What each probe of some settings found, by name; the binary looks from within the namespace. */
async function found(namespace: Namespace, toml: string): Promise<ReadonlyMap<string, Found>> {
  using directory = temporaryDirectory();
  const settings = join(directory.path, "settings.toml");
  writeFileSync(settings, `sample = 0\n${toml}`);
  chmodSync(settings, 0o600);
  const { stdout, stderr } = await namespace.run([
    await binary,
    "show",
    "--json",
    "--config",
    settings,
    "--state-dir",
    "none",
  ]);
  if (stdout === "") throw new Error(stderr);
  const { readings } = JSON.parse(stdout) as {
    readonly readings: { readonly probes: { readonly value: readonly Found[] } };
  };
  return new Map(readings.probes.value.map((one) => [one.probe, one]));
}

/** How each plugin is asked; the others get the address of this machine. */
const argumentsOf: Readonly<Record<string, readonly string[]>> = {
  check_apt: ["-n"],
  check_by_ssh: ["-H", "127.0.0.1", "-C", "true"],
  check_cluster: ["-s", "-d", "0,2,1", "-c", "5"],
  check_disk: ["-w", "1", "-c", "1", "-p", "/"],
  check_dummy: ["1", "all | n=3;2;4 'a b'=12ms;@10:20"],
  check_file_age: ["-w", "1", "-c", "2", "-f", "/etc/passwd"],
  check_ide_smart: ["-d", "/dev/null"],
  check_load: ["-w", "1000,1000,1000", "-c", "2000,2000,2000"],
  check_log: ["-F", "/etc/passwd", "-O", "/dev/null", "-q", "nobody here"],
  check_ping: ["-H", "127.0.0.1", "-w", "500,50%", "-c", "900,90%", "-p", "1"],
  check_procs: ["-w", "1:100000", "-c", "1:200000"],
  check_sensors: [],
  check_swap: ["-w", "1%", "-c", "1%", "-n", "ok"],
  check_tcp: ["-H", "127.0.0.1", "-p", "9"],
  check_udp: ["-H", "127.0.0.1", "-p", "9", "-s", "a", "-e", "b", "-t", "1"],
  check_users: ["-w", "1000", "-c", "2000"],
  negate: [`${plugins}/check_dummy`, "0", "fine"],
  urlize: ["http://a/", `${plugins}/check_dummy`, "2", "bad"],
};

testWhen([namespaces, packageFile(plugins), program("uptime")])(
  "every plugin of monitoring-plugins-basic says through a probe what it says by itself",
  async () => {
    using etc = temporaryDirectory();
    chmodSync(etc.path, 0o755);
    // check_disk reads it, and a bare chroot has none.
    symlinkSync("/proc/self/mounts", join(etc.path, "mtab"));
    await using namespace = await withPackages({}, { etc: etc.path });
    const listed = (await namespace.shell(`ls ${plugins}`)).split("\n");
    const names = listed.filter((name) => /^check_|^negate$|^urlize$/.test(name));
    expect(names.length).toBeGreaterThan(40);
    const commandOf = (name: string) => [
      `${plugins}/${name}`,
      ...(argumentsOf[name] ?? ["-H", "127.0.0.1", "-t", "3"]),
    ];
    const toml = names.map(
      (name) => `[[probe]]\nname = "${name}"\nrun = ${quotedList(commandOf(name))}\ntimeout = 20\n`,
    );
    const seen = await found(namespace, toml.join(""));
    // In the environment that a probe has, one after the other.
    const shape = (text: string) => text.replace(/[\d.]+/g, "#").slice(0, 60);
    const differing: unknown[] = [];
    for (const name of names) {
      const env = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"];
      const { status, stdout, stderr } = await namespace.run([...env, ...commandOf(name)]);
      const [line = ""] = (stdout.trim() || stderr.trim()).split("\n");
      const [text = ""] = stdout.trim() === "" ? [line] : line.split("|");
      const state = status !== null && status < 3 ? status : null;
      const one = seen.get(name);
      if (one?.state !== state || shape(one.text) !== shape(text.trim())) differing.push({ name, state, text, one });
    }
    expect(differing).toEqual([]);
    expect(seen.get("check_dummy")).toMatchObject({
      state: 1,
      numbers: [
        { label: "n", value: 3 },
        { label: "a b", value: 0.012, uom: "seconds" },
      ],
    });
    expect(seen.get("check_load")?.numbers.map(({ label }) => label)).toEqual(["load1", "load5", "load15"]);
    expect(seen.get("check_disk")).toMatchObject({ state: 0, numbers: [{ label: "/", uom: "bytes" }] });
    expect(seen.get("check_file_age")).toMatchObject({ state: 2 });
    expect(seen.get("urlize")?.state).toBe(2);
    expect(seen.get("negate")?.state).toBe(2);
    expect([...seen.values()].filter(({ state }) => state === 0).length).toBeGreaterThan(5);
  },
  300_000,
);

testWith(
  "redis-server",
  "redis-cli",
  "nginx",
  "prometheus-node-exporter",
)(
  "Redis, nginx and node_exporter are asked, and a Redis that stopped is told at the second look",
  async () => {
    await using namespace = await withPackages();
    await using machine = await openProbing();
    const at = (name: string) => join(machine.directory, name);
    const [web, exporter] = [await freePort(), await freePort()];
    chmodSync(machine.directory, 0o755);
    mkdirSync(at("www"));
    writeFileSync(at("www/nodeinfo"), JSON.stringify({ usage: { localPosts: 51_822 } }));
    writeFileSync(
      at("nginx.conf"),
      `daemon off; master_process off; pid ${at("nginx.pid")}; error_log ${at("nginx.log")};
events {} http { access_log off; client_body_temp_path ${at("b")}; proxy_temp_path ${at("p")};
fastcgi_temp_path ${at("f")}; uwsgi_temp_path ${at("u")}; scgi_temp_path ${at("s")};
server { listen 127.0.0.1:${web}; root ${at("www")}; } }\n`,
    );
    const start = (command: readonly string[]) =>
      Bun.spawn([...namespace.enter(command)], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    const servers = [
      start([
        "redis-server",
        "--port",
        "0",
        "--unixsocket",
        at("redis.sock"),
        "--save",
        "",
        "--dir",
        machine.directory,
      ]),
      start(["nginx", "-c", at("nginx.conf")]),
      start(["prometheus-node-exporter", `--web.listen-address=127.0.0.1:${exporter}`]),
    ];
    try {
      const redis = ["/usr/bin/redis-cli", "-s", at("redis.sock")];
      await namespace.shell(`i=0; until [ -S ${at("redis.sock")} ] || [ $i -gt 100 ]; do sleep 0.1; i=$((i+1)); done
for i in 1 2 3 4 5 6 7; do redis-cli -s ${at("redis.sock")} LPUSH q $i; done`);
      machine.configure(`
[[probe]]
name = "Inbox"
run = ${quotedList([...redis, "LLEN", "q"])}
warning = 5
[[probe]]
name = "Notes"
url = "http://127.0.0.1:${web}/nodeinfo"
take = "usage.localPosts"
[[probe]]
name = "Load"
url = "http://127.0.0.1:${exporter}/metrics"
take = "node_load1"
[[probe]]
name = "Collector"
url = "http://127.0.0.1:${exporter}/metrics"
take = 'node_scrape_collector_success{collector="loadavg"}'
critical = "1:"
`);
      await machine.look(namespace.enter);
      const raised = (await machine.look(namespace.enter)).alerts.join();
      expect(raised).toContain("Inbox 7");
      expect(raised).toContain("limit 5");
      const { stdout } = await machine.command("export");
      expect(stdout).toContain('server_metrics_probe_value{probe="Notes"} 51822\n');
      expect(stdout).toContain('server_metrics_probe_value{probe="Collector"} 1\n');
      expect(stdout).toMatch(/server_metrics_probe_value\{probe="Load"\} [\d.]+\n/);
      await namespace.shell(`redis-cli -s ${at("redis.sock")} SHUTDOWN NOSAVE || true`);
      await machine.look(namespace.enter);
      expect((await machine.look(namespace.enter)).alerts.join()).toContain("Inbox: Could not connect to Redis");
    } finally {
      for (const server of servers) server.kill("SIGKILL");
    }
  },
  300_000,
);

testWhen([namespaces, packageFile("/usr/lib/postgresql")])(
  "PostgreSQL is asked as its own user, and by root who may look",
  async () => {
    await using namespace = await withPackages();
    using directory = temporaryDirectory();
    chmodSync(directory.path, 0o755);
    const at = (name: string) => join(directory.path, name);
    const [version = ""] = readdirSync(toolFile("/usr/lib/postgresql") ?? "")
      .toSorted()
      .toReversed();
    const bin = `/usr/lib/postgresql/${version}/bin`;
    mkdirSync(at("run"));
    // Any user but root; Debian's packages make one of that name, a namespace without them has nobody.
    const user = (await namespace.run(["id", "postgres"])).status === 0 ? "postgres" : "nobody";
    const as = ["/usr/sbin/runuser", "-u", user, "--"];
    await namespace.shell(`install -d -o ${user} ${at("data")}; chown ${user} ${at("run")}
${as.join(" ")} ${bin}/initdb -D ${at("data")} -U ${user} -A peer >/dev/null
${as.join(" ")} ${bin}/pg_ctl -D ${at("data")} -w -o "-k ${at("run")} -c listen_addresses=''" -l ${at("run")}/log start >/dev/null
${as.join(" ")} ${bin}/psql -h ${at("run")} -d postgres -c 'create role root login' -c 'grant pg_monitor to root' >/dev/null`);
    try {
      const ask = (who: readonly string[], query: string) =>
        quotedList([...who, `${bin}/psql`, "-h", at("run"), "-d", "postgres", "-Atc", query]);
      const seen = await found(
        namespace,
        `[[probe]]\nname = "own"\nrun = ${ask(as, "select pg_database_size('postgres')")}\nunit = "bytes"\nwarning = 1
[[probe]]\nname = "root"\nrun = ${ask([], "select sum(size) from pg_ls_waldir()")}\nunit = "bytes"
[[probe]]\nname = "wrong"\nrun = ${ask([], "select no_such()")}\n`,
      );
      expect(seen.get("own")).toMatchObject({ state: 0, numbers: [{ uom: "bytes" }] });
      expect(seen.get("own")?.numbers[0]?.value).toBeGreaterThan(1e6);
      expect(seen.get("root")?.numbers[0]?.value).toBeGreaterThan(1e6);
      expect(seen.get("wrong")).toMatchObject({ state: 1, numbers: [] });
      expect(seen.get("wrong")?.text).toContain("no_such() does not exist");
    } finally {
      await namespace.shell(`${as.join(" ")} ${bin}/pg_ctl -D ${at("data")} -m immediate stop >/dev/null || true`);
    }
  },
  300_000,
);

testWhen([namespaces, packageFile(plugins), program("uptime")])(
  "with the rights of the hardened unit plugins run, and none becomes another user",
  async () => {
    await using namespace = await withPackages();
    using directory = temporaryDirectory();
    const settings = join(directory.path, "settings.toml");
    const probe = (name: string, ...command: readonly string[]) =>
      `[[probe]]\nname = "${name}"\nrun = ${quotedList(command)}\n`;
    writeFileSync(
      settings,
      `sample = 0\n${probe("load", `${plugins}/check_load`, "-w", "1000,1000,1000", "-c", "2000,2000,2000")}${probe("user", "/usr/sbin/runuser", "-u", "nobody", "--", "/bin/echo", "5")}`,
    );
    chmodSync(settings, 0o600);
    const { stdout } = await namespace.run([
      ...hardened,
      await binary,
      "show",
      "--json",
      "--config",
      settings,
      "--state-dir",
      "none",
    ]);
    const { readings } = JSON.parse(stdout) as {
      readonly readings: { readonly probes: { readonly value: readonly Found[] } };
    };
    const [load, user] = readings.probes.value;
    expect(load?.state).toBe(0);
    expect(user).toMatchObject({ state: 1, numbers: [] });
  },
  120_000,
);
