/**
 * The program on Debians that were booted with systemd, versions 247 and 257, as `npm run systemd`. Needs root, debootstrap
 * and systemd-nspawn, and fetches the Debians once. A machine lives from test to test.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { type FakeDiscord, fakeDiscord } from "../support/fakeDiscord.ts";
import { parseShown, type Shown } from "../support/shown.ts";
import { bootSystemd, missingToBoot, type SystemdMachine } from "../support/systemdMachine.ts";

const ready = missingToBoot.length === 0;
if (!ready) console.error(`not run: needs ${missingToBoot.join(", ")}`);
const live = (name: string, check: () => Promise<void>) => test.skipIf(!ready)(name, check, 240_000);

const mounts = ["/srv/data", "/home/you/data", "/tmp/inner"];

/** What of a look does not change from one moment to the next. */
function lasting({ readings, observations }: Shown) {
  const wanted = /^(storage_total_bytes|memory_total_bytes|swap_total_bytes)/;
  return {
    statuses: Object.entries(readings).map(([name, { status, reason }]) => [name, status, reason]),
    numbers: observations.filter(({ key }) => wanted.test(key)).map(({ key, value }) => [key, value.toPrecision(3)]),
    bootId: /"bootId":"[^"]*"/.exec(JSON.stringify(readings["host"]))?.[0],
    onlyOwnProcesses: /"onlyOwn":(\w+)/.exec(JSON.stringify(readings["topProcesses"]))?.[1],
  };
}

/** Starts the service of a systemd once more, to look instead of to post. */
const lookInside = (directory: string, systemctl: string) => `
sed -e 's#^ExecStart=.*#ExecStart=/usr/local/bin/server-metrics show --json --state-dir none#' \\
    -e '/^Nice/a StandardOutput=file:/tmp/inside.json' ${directory}/server-metrics.service >${directory}/look.service
${systemctl} daemon-reload
${systemctl} start look.service
cat /tmp/inside.json
rm ${directory}/look.service /tmp/inside.json`;

describe.each(["bullseye", "trixie"])("%s", (release) => {
  let machine: SystemdMachine;
  let discord: FakeDiscord;
  let heard = 0;

  beforeAll(async () => {
    if (!ready) return;
    discord = await fakeDiscord();
    machine = await bootSystemd(release, { places: mounts });
    await machine.shell(`
echo 'webhook = "${discord.webhookUrl}"' >/usr/local/bin/server-metrics.toml
for manager in system user; do
  mkdir -p /etc/systemd/$manager/server-metrics.service.d
  printf '[Service]\\nEnvironment=SERVER_METRICS_ALLOW_HOST=${discord.host}\\n' >/etc/systemd/$manager/server-metrics.service.d/test.conf
done`);
  }, 600_000);

  afterAll(async () => {
    await machine?.[Symbol.asyncDispose]();
    await discord?.[Symbol.asyncDispose]();
  }, 60_000);

  /** What was posted since the last time. */
  function titles(): readonly string[] {
    const fresh = discord.messages.slice(heard);
    heard = discord.messages.length;
    return fresh.map((message) => JSON.stringify(message));
  }

  live("install starts a timer that systemd verifies, and again changes nothing", async () => {
    expect(await machine.shell("server-metrics install --systemd")).toStartWith("installed:\n");
    expect(await machine.shell("server-metrics install --systemd")).toStartWith("installed already:\n");
    expect(await machine.shell("systemctl list-timers server-metrics.timer")).toMatch(
      /^\w+ \d+-.* server-metrics.timer/m,
    );
    expect(await machine.shell("systemctl is-enabled server-metrics.timer")).toBe("enabled\n");
    const units = "/etc/systemd/system/server-metrics.service /etc/systemd/system/server-metrics.timer";
    expect(await machine.run("sh", "-c", `systemd-analyze verify ${units}`)).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const security = await machine.shell("systemd-analyze security --no-pager server-metrics.service");
    expect(security).toMatch(/exposure level for server-metrics.service: 3\.\d OK/);
  });

  live("the service posts a card, and keeps its state where systemd made it", async () => {
    await machine.shell("systemctl start server-metrics.service");
    expect(titles()).toEqual([expect.stringContaining('"username":"vm"')]);
    expect(await machine.shell("stat -c '%a %U' /var/lib/server-metrics")).toBe("700 root\n");
    expect(await machine.shell("journalctl -q -o cat -u server-metrics -t server-metrics")).toBe("");
  });

  live("the sandbox falsifies nothing, in a container that has laid something over /proc neither", async () => {
    await machine.shell(`
sed 's/^MemTotal:.*/MemTotal: 2097152 kB/; s/^MemAvailable:.*/MemAvailable: 1097152 kB/' /proc/meminfo >/meminfo
mount --bind /meminfo /proc/meminfo
useradd --create-home other
setpriv --reuid=other --regid=other --clear-groups sleep 1000 >/dev/null 2>&1 &`);
    const inside = await machine.run("sh", "-euc", lookInside("/etc/systemd/system", "systemctl"));
    const outside = await machine.run("server-metrics", "show", "--json", "--state-dir", "none");
    const seen = lasting(parseShown(inside));
    expect(seen).toEqual(lasting(parseShown(outside)));
    for (const mount of mounts) expect(JSON.stringify(seen.numbers)).toContain(mount);
    expect(seen.numbers).toContainEqual(["memory_total_bytes", (2 * 2 ** 30).toPrecision(3)]);
  });

  live("an export goes into the directory of the exporter that reads it", async () => {
    await machine.shell(`
install -d -o other /var/lib/textfile
printf '[[export]]\\nfile = "/var/lib/textfile/sm.prom"\\n' >>/usr/local/bin/server-metrics.toml
systemctl start server-metrics`);
    expect(await machine.shell("cat /var/lib/textfile/sm.prom")).toContain("memory_total_bytes");
  });

  live("units that failed, do not run, or will not after a reboot are told, and told to be over", async () => {
    await machine.shell(`
cd /etc/systemd/system
printf '[Service]\\nExecStart=/bin/false\\n' >broken.service
for name in one two; do printf '[Service]\\nExecStart=sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >$name.service; done
for name in one two; do printf '[[service]]\\nunit = "%s.service"\\n' $name >>/usr/local/bin/server-metrics.toml; done
systemctl daemon-reload
systemctl enable --now --quiet one two
systemctl start server-metrics`);
    titles();
    await machine.shell("systemctl disable --quiet one; systemctl stop two; systemctl start broken; sleep 1");
    await machine.shell("systemctl start server-metrics");
    const [told] = titles();
    expect(told).toMatch(/two\.service is down.*one\.service will not start at boot.*broken\.service failed/);
    await machine.shell("systemctl enable --now --quiet one two; systemctl reset-failed");
    // Two looks within seconds are one, and what is over is told after two.
    await machine.shell("systemctl start server-metrics; sleep 31; systemctl start server-metrics");
    expect(titles().join()).toMatch(/two\.service.*one\.service/);
  });

  live("a user who stays has a timer, too, with the same numbers", async () => {
    await machine.shell("chown other: /home/other; loginctl enable-linger other; systemctl start user@$(id -u other)");
    const asUser = (script: string) =>
      machine.run(
        "sh",
        "-c",
        'exec setpriv --reuid=other --regid=other --init-groups env -i HOME=/home/other XDG_RUNTIME_DIR=/run/user/$(id -u other) sh -euc "$0"',
        script,
      );
    expect(await asUser("/usr/local/bin/server-metrics install --systemd")).toMatchObject({ status: 0, stderr: "" });
    expect(await asUser("systemctl --user start server-metrics")).toMatchObject({ status: 0, stderr: "" });
    expect(titles().join()).toContain('"username":"vm"');
    const inside = await asUser(lookInside("/home/other/.config/systemd/user", "systemctl --user"));
    const outside = await asUser("/usr/local/bin/server-metrics show --json --state-dir none");
    expect(lasting(parseShown(inside))).toEqual(lasting(parseShown(outside)));
    expect(await asUser("/usr/local/bin/server-metrics uninstall")).toMatchObject({ status: 0, stderr: "" });
    expect((await asUser("ls -A ~/.config/systemd/user")).stdout).not.toContain("server-metrics");
  });

  live("uninstall leaves nothing but the state", async () => {
    expect(await machine.shell("server-metrics uninstall")).toStartWith(
      "removed /etc/systemd/system/server-metrics.timer",
    );
    expect(await machine.shell("ls -AR /etc/systemd/system")).not.toMatch(/server-metrics\.(service|timer)$/m);
    expect(await machine.shell("systemctl list-timers --all")).not.toContain("server-metrics");
  });
});
