import * as v from "valibot";

import { type ChangeKind, changeKinds } from "../model/change.ts";
import type { ChangeSettings } from "../model/settings.ts";
import type { Meanings } from "./types.ts";

const yesOrNo = v.optional(v.boolean("true or false"));
type Entries = Readonly<Record<ChangeKind, typeof yesOrNo>>;

/** The entries of `[changes]`: a kind of change each. */
export const changesEntries: Entries = {
  key: yesOrNo,
  user: yesOrNo,
  sudo: yesOrNo,
  sudoers: yesOrNo,
  unit: yesOrNo,
  cron: yesOrNo,
  port: yesOrNo,
  preload: yesOrNo,
  setuid: yesOrNo,
  package: yesOrNo,
  restart: yesOrNo,
  reboot: yesOrNo,
  mount: yesOrNo,
  disk: yesOrNo,
  address: yesOrNo,
  hostname: yesOrNo,
  timezone: yesOrNo,
  program: yesOrNo,
  settings: yesOrNo,
};

const told = (what: string) => ({ meaning: `${what}; \`false\`: not told, and not kept`, default: "`true`" });

/** Meanings of the settings in `[changes]`. */
export const changesMeanings: Meanings<Entries> = {
  key: told("loud: a new SSH key of a user"),
  user: told("loud: a new user with a login"),
  sudo: told("loud: a new member of a group that may become root"),
  sudoers: told("loud: new lines in `/etc/sudoers` and `/etc/sudoers.d`"),
  unit: told("loud: units and timers that are new, enabled or have another text"),
  cron: told("loud: new lines and scripts of cron"),
  port: told("loud: a port that is open to the world"),
  preload: told("loud: a library in `/etc/ld.so.preload`"),
  setuid: told("loud, once a day: a new setuid or setgid program"),
  package: told("packages that were installed, upgraded, removed"),
  restart: told("services that were started anew"),
  reboot: told("reboots, and another kernel"),
  mount: told("mounted file systems"),
  disk: told("disks"),
  address: told("addresses of the machine"),
  hostname: told("its name"),
  timezone: told("its time zone"),
  program: told("loud, unless its version is another one: this program's file"),
  settings: told("this program's settings"),
};

/** What is looked for, and where this program lies. */
export function decideChanges(
  settings: Readonly<Partial<Record<ChangeKind, boolean | undefined>>>,
  program: string | null,
  file: string | null,
): ChangeSettings {
  return { off: changeKinds.filter((kind) => settings[kind] === false), program, settings: file };
}
