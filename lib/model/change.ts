import * as v from "valibot";

import { timeMs } from "../clock.ts";

/** What may change on a machine; each can be switched off. They stand in the state, and never change. */
export const changeKinds = [
  /** An SSH key of a user; the subject is the user. */
  "key",
  /** A user with a login; the subject is the user. */
  "user",
  /** A user who may become root by a group, such as sudo or docker; the subject is the user, `after` the group. */
  "sudo",
  /** A line of a sudoers file; the subject is the file. */
  "sudoers",
  /** A unit or start script that is new, enabled, or has another text; the subject is the unit. */
  "unit",
  /** A line or a file of cron; the subject is the file. */
  "cron",
  /** A port that is open to the world; the subject is `8080/tcp`. */
  "port",
  /** What /etc/ld.so.preload puts into each program; the subject is the library. */
  "preload",
  /** A program that runs as its owner, whoever starts it; the subject is the file. */
  "setuid",
  /** All packages of one look that were installed, upgraded or removed; the subject is the most telling one. */
  "package",
  /** A service that was started anew; the subject is the unit. */
  "restart",
  /** A reboot; `before` and `after` are the kernels. */
  "reboot",
  /** A mounted file system; the subject is the mount point. */
  "mount",
  /** A disk; the subject is the device. */
  "disk",
  /** An address of this machine, which is the subject. */
  "address",
  /** The name of the machine. */
  "hostname",
  "timezone",
  /** This program itself; the subject is its file, `before` and `after` are versions. */
  "program",
  /** The settings of this program; the subject is their file. */
  "settings",
] as const;
export type ChangeKind = (typeof changeKinds)[number];

const whole = {
  /** The look that found it, and the one before, milliseconds since the epoch: it happened between them. */
  atMs: timeMs,
  sinceMs: timeMs,
  kind: v.picklist(changeKinds),
  action: v.picklist(["added", "removed", "changed"]),
  /** What it is about, as causes are joined by it. */
  subject: v.string(),
  /** It was told in a message of its own: somebody else may have done it. */
  isLoud: v.boolean(),
  /** What was there, and what is there now, in short; null where that says nothing. */
  before: v.nullable(v.string()),
  after: v.nullable(v.string()),
  /** Where it stands, or which program it is: a file, a process. */
  detail: v.nullable(v.string()),
  /** The package that brought it, which is why it is not loud. */
  by: v.nullable(v.string()),
  /** Of packages, and of units and files that one package brought: their names, and how many there are. */
  names: v.array(v.string()),
  count: v.number(),
};

/** One thing that is otherwise on this machine than at the look before. Plain text, for each medium to escape. */
export const Change = v.object(whole);
export type Change = Readonly<v.InferOutput<typeof Change>>;

/** A change with what every kind of it lacks. */
export const changeOf = (
  known: Pick<Change, "atMs" | "sinceMs" | "kind" | "action" | "subject"> & Partial<Change>,
): Change => ({ isLoud: false, before: null, after: null, detail: null, by: null, names: [], count: 1, ...known });
