import type { ChangeKind } from "./change.ts";
import type { Probe } from "./probe.ts";

/** A unit of systemd that is to run, now and after a reboot. */
export interface ServiceCheck {
  /** With its suffix: `nginx.service`, `backup.timer`. */
  readonly unit: string;
}

/** A page that is to answer. */
export interface HttpCheck {
  /** Tells it from the others; without credentials and query, which may be secret. */
  readonly name: string;
  readonly url: string;
  /** Null for any from 200 to 399. */
  readonly expectStatus: number | null;
  /** Text expected in the first MiB of the page; null for any. */
  readonly expectText: string | null;
  /** For all of it: name, connection, redirects, page. */
  readonly timeoutSeconds: number;
  /** The certificate is to be valid for so long; null for what its whole life makes usual. */
  readonly tlsDays: number | null;
}

/** A port that is to accept connections. */
export interface TcpCheck {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly timeoutSeconds: number;
}

/** Which file systems are shown. */
export interface StorageSettings {
  /** Globs of mount points to show although they would be skipped. */
  readonly include: readonly string[];
  /** Globs of mount points to leave out. */
  readonly exclude: readonly string[];
  /** Also network and FUSE file systems, which may hang. */
  readonly network: boolean;
}

/** Where cron jobs leave word of how they went. */
export interface JobSettings {
  /** Of this user. */
  readonly directories: readonly string[];
  /** Other users, whose directories are below their homes. */
  readonly users: readonly string[];
}

/** Which changes of the machine are looked for. */
export interface ChangeSettings {
  /** The kinds that are switched off. */
  readonly off: readonly ChangeKind[];
  /** This program's own file and its settings; null where they are not known, or there are none. */
  readonly program: string | null;
  readonly settings: string | null;
}

/** What a month's traffic is held against. */
export interface TrafficSettings {
  readonly quotaBytes: number;
  /** The day on which the month begins. */
  readonly resets: number;
  readonly count: "out" | "in" | "both" | "max";
}

/** The settings that metrics read. */
export interface MetricSettings extends ChecksConfig {
  readonly changes: ChangeSettings;
  readonly jobs: JobSettings;
  readonly storage: StorageSettings;
  /** Null where it is not to be counted. */
  readonly traffic: TrafficSettings | null;
  /** Ask apt for updates in `show`, which takes a second of CPU time. */
  readonly updates: boolean;
}

/** The owner's checks besides the machine itself. */
export interface ChecksConfig {
  readonly services: readonly ServiceCheck[];
  readonly http: readonly HttpCheck[];
  readonly tcp: readonly TcpCheck[];
  readonly probes: readonly Probe[];
}
