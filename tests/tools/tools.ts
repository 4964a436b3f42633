import { existsSync } from "node:fs";
import { join } from "node:path";

/** A program that some tests need, and how to make a copy of it work that lies outside of its usual place. */
interface Tool {
  /** The Debian package that has it. */
  readonly package: string;
  /** Directories that it looks for under their usual names. They are laid over the machine's for this program alone. */
  readonly over?: readonly string[];
  /** Arguments with which it must succeed before it is used. */
  readonly check?: readonly string[];
}

const tool = (name: string, more: Omit<Tool, "package"> = {}): Tool => ({ package: name, ...more });

/** Every program of a Debian package that the tests need, but for what no Debian is without. */
export const tools: Readonly<Record<string, Tool>> = {
  bindfs: tool("bindfs"),
  borg: tool("borgbackup"),
  btrfs: tool("btrfs-progs"),
  busybox: tool("busybox-static"),
  caddy: tool("caddy"),
  cron: tool("cron"),
  crontab: tool("cron"),
  debootstrap: tool("debootstrap", { over: ["usr/share"], check: ["--version"] }),
  fish: tool("fish", { check: ["-c", "complete -C 'cd /'"] }),
  free: tool("procps"),
  ip: tool("iproute2"),
  mariadb: tool("mariadb-client-core"),
  "mariadb-install-db": tool("mariadb-server-core"),
  mariadbd: tool("mariadb-server-core"),
  "mkfs.btrfs": tool("btrfs-progs"),
  "mkfs.ext4": tool("e2fsprogs"),
  "mkfs.xfs": tool("xfsprogs"),
  "mkfs.ntfs": tool("ntfs-3g"),
  "ntfs-3g": tool("ntfs-3g"),
  mksquashfs: tool("squashfs-tools"),
  mpstat: tool("sysstat"),
  my_print_defaults: tool("mariadb-client-core"),
  nginx: tool("nginx"),
  openssl: tool("openssl"),
  pgrep: tool("procps"),
  "prometheus-node-exporter": tool("prometheus-node-exporter"),
  "prometheus-pushgateway": tool("prometheus-pushgateway"),
  promtool: tool("prometheus"),
  python3: tool("python3-minimal", { check: ["-c", "import socket"] }),
  "qemu-aarch64-static": tool("qemu-user-static"),
  "qemu-x86_64-static": tool("qemu-user-static"),
  "redis-cli": tool("redis-tools"),
  "redis-server": tool("redis-server"),
  resolveip: tool("mariadb-server-core"),
  restic: tool("restic"),
  shellcheck: tool("shellcheck"),
  strace: tool("strace"),
  "stress-ng": tool("stress-ng"),
  "systemd-analyze": tool("systemd", { over: ["usr/lib"], check: ["calendar", "hourly"] }),
  "systemd-nspawn": tool("systemd-container", { check: ["--version"] }),
  tmux: tool("tmux"),
  // A plugin asks it.
  uptime: tool("procps"),
  // From Debian 13 on, and in the backports of 12.
  "valkey-cli": tool("valkey-tools"),
  "valkey-server": tool("valkey-server"),
  "victoria-metrics": tool("victoria-metrics"),
  xz: tool("xz-utils"),
  zsh: tool("zsh", { over: ["usr/lib", "usr/share"], check: ["-fc", "zmodload zsh/zpty && autoload -Uz compinit"] }),
};

/** Files and directories of a package that tests need, by their usual path. */
export const toolFiles: Readonly<Record<string, string>> = {
  "/lib/ld-musl-x86_64.so.1": "musl",
  "/usr/lib/nagios/plugins": "monitoring-plugins-basic",
  "/usr/lib/postgresql": "postgresql",
  "/usr/aarch64-linux-gnu": "libc6-arm64-cross",
};

/** The Debian package of a program, as far as one is known. */
export const packageOf = (program: string): string => tools[program]?.package ?? program;

/** Where `npm test` has unpacked packages: directories that look like a root of a file system. */
export const unpacked: readonly string[] = (process.env["TEST_TOOLS"] ?? "").split(":").filter((path) => path !== "");

/** Where a file of a package is: in its usual place, or unpacked; null when it is nowhere. */
export function toolFile(path: string, roots: readonly string[] = unpacked): string | null {
  return ["/", ...roots].map((root) => join(root, path)).find((found) => existsSync(found)) ?? null;
}
