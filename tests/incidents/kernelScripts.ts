import { Unavailable } from "../../lib/model/host.ts";
import type { Scripts, Stage } from "./stage.ts";

const MiB = 1024 ** 2;

/** Starts a program in a control group of version 1, such as systemd makes for a service. */
const inGroup = (controller: string, name: string, limit: string, program: string) => `
group=/sys/fs/cgroup/${controller}/incident/${name}
mkdir -p "$group"
${limit}
echo 0 >"$group/cgroup.procs"
${program}`;

/** Control groups of version 2, as the kernel would show them: the memory and swap of units, in MiB. */
function pretendGroups(stage: Stage, units: () => Readonly<Record<string, { memory: number; swap?: number }>>): void {
  const root = "/sys/fs/cgroup";
  const unitOf = (path: string) => units()[/\/system\.slice\/([^/]+)/.exec(path)?.[1] ?? ""];
  stage.pretend((host) => ({
    list: async (path) => {
      if (path === root) return ["cgroup.controllers", "system.slice"];
      if (path === `${root}/system.slice`) return Object.keys(units());
      return path.startsWith(root) ? [] : host.list(path);
    },
    readSys: async (path) => {
      const unit = unitOf(`/${path}`);
      if (path.endsWith("/memory.stat") && unit !== undefined) return `anon ${unit.memory * MiB}\nshmem 0\n`;
      if (path.endsWith("/memory.swap.current") && unit !== undefined) return `${(unit.swap ?? 0) * MiB}\n`;
      if (path.startsWith("fs/cgroup/")) throw new Unavailable(`/sys/${path} is not there`);
      return host.readSys(path);
    },
  }));
}

/** What is short of CPUs, memory, or room in a table of the kernel. */
export const kernelScripts: Scripts = {
  leak: {
    about: ["memory"],
    play: async (stage) => {
      let leaked = 300;
      pretendGroups(stage, () => ({ "postgresql.service": { memory: 900 }, "sidekiq.service": { memory: leaked } }));
      const status = (version: string) => `
mkdir -p "$W/dpkg"
printf 'Package: ruby-sidekiq\\nStatus: install ok installed\\nArchitecture: all\\nVersion: ${version}\\n\\n' >"$W/dpkg/status"`;
      stage.shell(
        `${status("6.4")}\ncp -a /var/lib/dpkg/info "$W/dpkg/" || true\nmount --bind "$W/dpkg" /var/lib/dpkg`,
      );
      stage.faked["meminfo"] = () => memory(2500, leaked > 300 ? 100 : 1300);
      await stage.report(0);
      await stage.report();
      stage.shell(status("7.1"));
      await stage.report();
      leaked = 1500;
      return stage.firstAlert("emory ");
    },
  },
  oomInGroup: {
    play: async (stage) => {
      await stage.report(0);
      await stage.report();
      const limit = `echo 20M >"$group/memory.limit_in_bytes"; echo 20M >"$group/memory.memsw.limit_in_bytes" || true`;
      const eat = inGroup("memory", "eater.service", limit, "head -c 200M /dev/zero | tail >/dev/null");
      stage.shell(`(${eat}) || true`);
      return stage.firstAlert("ut of memory");
    },
  },
  forkStorm: {
    about: ["cpu_busy"],
    play: async (stage) => {
      stage.cpus({});
      await stage.report(0);
      await stage.report();
      stage.cpus({ busy: 97 });
      stage.start(inGroup("cpuacct", "forker.service", "", "while :; do /bin/true; done"));
      return stage.firstAlert("CPU ");
    },
  },
  swapStorm: {
    play: async (stage) => {
      let pages = 1000;
      pretendGroups(stage, () => ({
        "importer.service": { memory: 900, swap: 700 },
        "cron.service": { memory: 3, swap: 1 },
      }));
      stage.faked["meminfo"] = () => memory(1000, 50);
      stage.faked["vmstat"] = (real) =>
        real.replace(/^pswpin .*/m, `pswpin ${pages}`).replace(/^pswpout .*/m, `pswpout ${pages}`);
      await stage.report(0);
      await stage.report();
      const storm = stage.faked["vmstat"];
      stage.faked["vmstat"] = (real) => {
        // Half of the memory each time that it is looked at.
        pages += 64_000;
        return storm(real);
      };
      return stage.firstAlert("swapping");
    },
  },
  ioHog: {
    about: ["cpu_iowait"],
    play: async (stage) => {
      stage.cpus({});
      await stage.report(0);
      await stage.report();
      stage.cpus({ busy: 5, iowait: 80 });
      stage.shell(
        `mount -t tmpfs tmpfs /srv; truncate -s 60M "$W/disk"; mkfs.ext4 -q "$W/disk"; mount -o loop "$W/disk" /srv`,
      );
      const write = `use Fcntl; sysopen F, "/srv/x", O_WRONLY|O_CREAT|O_SYNC; for (;;) { sysseek F, 0, 0; syswrite F, "x" x 4194304 }`;
      stage.start(`cp "$(which perl)" "$W/scribbler"; exec "$W/scribbler" -e '${write}'`);
      return stage.firstAlert("I/O wait");
    },
  },
  conntrackFlood: {
    play: async (stage) => {
      let full = 100;
      const entry = (address: string, port: number) =>
        `ipv4     2 tcp      6 431999 ESTABLISHED src=${address} dst=192.0.2.1 sport=${port} dport=443 src=192.0.2.1 dst=${address} sport=443 dport=${port} [ASSURED] mark=0 zone=0 use=2\n`;
      stage.faked["sys/net/netfilter/nf_conntrack_max"] = () => "2000\n";
      stage.faked["sys/net/netfilter/nf_conntrack_count"] = () => `${full}\n`;
      stage.faked["net/nf_conntrack"] = () =>
        Array.from({ length: full }, (_, index) =>
          entry(index % 10 === 0 ? `198.51.100.${index % 250}` : "203.0.113.66", 1024 + index),
        ).join("");
      await stage.report(0);
      await stage.report();
      full = 1990;
      return stage.firstAlert("onntrack");
    },
  },
  clockJump: {
    play: async (stage) => {
      await stage.report(0);
      await stage.report();
      stage.setClock(60.2);
      return stage.firstAlert("lock set");
    },
  },
  raidMember: {
    play: async (stage) => {
      const array = (members: string, state: string) => () =>
        `Personalities : [raid1]\nmd0 : active raid1 ${members}\n      1046528 blocks super 1.2 ${state}\n\nunused devices: <none>\n`;
      stage.faked["mdstat"] = array("sdb1[1] sda1[0]", "[2/2] [UU]");
      await stage.report(0);
      await stage.report();
      stage.faked["mdstat"] = array("sda1[0]", "[2/1] [U_]");
      return stage.firstAlert("RAID md0");
    },
  },
  stealBurst: {
    about: ["cpu_steal"],
    play: async (stage) => {
      stage.cpus({});
      await stage.report(0);
      await stage.report();
      stage.cpus({ busy: 30, steal: 40 });
      return stage.firstAlert("CPU ");
    },
  },
};

/** Of so many MiB so many are available. */
const memory = (total: number, available: number) =>
  `MemTotal: ${total * 1024} kB\nMemFree: ${available * 512} kB\nMemAvailable: ${available * 1024} kB\nSwapTotal: ${total * 1024} kB\nSwapFree: ${total * 512} kB\n`;
