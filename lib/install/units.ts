import type { Scope } from "../host/systemd.ts";

/** The content of the unit files. */
export interface UnitFiles {
  readonly scope: Scope;
  /** The program and its arguments, without control characters. */
  readonly words: readonly string[];
  /** The directory that was asked for; null for the one that systemd makes. */
  readonly stateDirectory: string | null;
  /** Seconds until systemd kills it. */
  readonly timeoutSeconds: number;
}

/** A unit is asked for by the name of its file. */
export const serviceName = "server-metrics.service";
/** The unit to enable. */
export const timerName = "server-metrics.timer";

const mark = "# Written by server-metrics install --systemd; server-metrics uninstall removes it.";

/** Whether a unit file was written by this program. */
export const isOurUnit = (text: string): boolean => text.startsWith(mark);

/** The service that runs the command once, systemd.service(5). */
export function serviceUnit({ scope, words, stateDirectory, timeoutSeconds }: UnitFiles): string {
  const [program = "", ...args] = words;
  // A dollar sign stands for a variable everywhere but in the program's name.
  const command = [quoted(program), ...args.map((word) => quoted(word).replaceAll("$", "$$$$"))].join(" ");
  const ofSystem = `${stateDirectory === null ? madeState : `ReadWritePaths=-${quoted(stateDirectory)}\n`}${sandbox}`;
  return `${mark}
[Unit]
Description=Report this machine's health to Discord
${scope === "system" ? "Wants=network-online.target\nAfter=network-online.target\n" : ""}
[Service]
Type=oneshot
ExecStart=${command}
TimeoutStartSec=${timeoutSeconds}
SuccessExitStatus=75
Nice=10
${scope === "system" ? ofSystem : ""}${unprivileged}`;
}

/** The timer of that service, systemd.timer(5). A card waits for its turn by itself, so that an alert does not. */
export const timerUnit = `${mark}
[Unit]
Description=Look after this machine's health every 5 minutes

[Timer]
OnCalendar=*:0/5
AccuracySec=1s
Persistent=yes

[Install]
WantedBy=timers.target
`;

/** systemd.syntax(7): in quotes, with a percent sign twice. */
function quoted(word: string): string {
  const escaped = word.replaceAll("%", "%%");
  return /^[\w@:,./+%=-]+$/.test(word) ? escaped : `"${escaped.replace(/["\\]/g, "\\$&")}"`;
}

/** Before version 254 a user's systemd has another directory, where nobody looks for the state. */
const madeState = "StateDirectory=server-metrics\nStateDirectoryMode=0700\n";

/*
 * Everything that is read stays as everybody sees it: other users' processes, file systems below closed directories, the
 * sockets of container engines and of systemd. PrivateTmp would hide what is mounted below /tmp. ProtectControlGroups and
 * ProtectKernelTunables come with a new /proc, without what a container has laid over it: its boot id, or its share of the
 * memory. MemoryDenyWriteExecute would forbid the just-in-time compiler. CAP_DAC_OVERRIDE lets an export into the directory
 * of the exporter that reads it.
 */
const sandbox = `CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_SYS_PTRACE
ProtectSystem=full
ProtectHome=read-only
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
`;

/** Hardening that needs no privilege. ENOSYS for filtered calls lets a program use its fallback. */
const unprivileged = `UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=ENOSYS
SystemCallFilter=@system-service
`;
