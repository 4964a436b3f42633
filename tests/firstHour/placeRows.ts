import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { type Namespace, openNamespace } from "../support/namespace.ts";
import { namespaces } from "../support/needs.ts";
import { program, root } from "../support/programNeeds.ts";
import { machinesDirectory, quoted, temporaryDirectory } from "../support/project.ts";
import { type Provocations, said, type Start } from "./provoke.ts";

const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** Delivered, and all that is said is of the state. */
async function delivered(environment: Readonly<Record<string, string>>, start: Start = {}): Promise<string> {
  await using discord = await fakeDiscord();
  const hook = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const text = await said({ ...hook, ...environment }, start);
  if (discord.messages.length === 0) throw new Error(`not delivered: ${text}`);
  return text;
}

/** With the state on a small disk of its own, after a script. */
async function onDisk(script: string): Promise<string> {
  await using namespace = await openNamespace();
  await namespace.shell(`mkdir $W/disk; mount -t tmpfs -o size=64k,mode=700 tmpfs $W/disk; ${script}`);
  return await delivered(stateIn(namespace), { prefix: namespace.enter([]) });
}

const stateIn = ({ directory }: Namespace) => ({ SERVER_METRICS_STATE_DIR: `${directory}/disk/state` });

/** A state that cannot be kept. */
export const placeRows: Provocations = {
  "started without HOME, such as by `env -i`": {
    needs: [namespaces, program("setpriv")],
    says: async () => {
      // The copy that nobody may run.
      await using namespace = await openNamespace();
      await namespace.shell(
        `mount -t tmpfs -o mode=755 tmpfs /var/lib; install -m 755 ${quoted(await binary)} $W/server-metrics
        cp -r ${quoted(join(machinesDirectory, "vps-tokyo"))} $W/machine`,
      );
      return await delivered(
        { SERVER_METRICS_STATE_DIR: "", SERVER_METRICS_MACHINE: `${namespace.directory}/machine` },
        { prefix: [...namespace.enter([]), ...nobody], program: `${namespace.directory}/server-metrics` },
      );
    },
  },
  "started as root before": {
    needs: [root],
    says: async () => {
      using directory = temporaryDirectory();
      const state = join(directory.path, "state");
      mkdirSync(state);
      chownSync(state, 65_534, 65_534);
      return await delivered({ SERVER_METRICS_STATE_DIR: state });
    },
  },
  "the disk is full": {
    needs: [namespaces],
    says: async () => onDisk("mkdir -m 700 $W/disk/state; dd if=/dev/zero of=$W/disk/fill bs=1k 2>/dev/null || :"),
  },
  "a read-only disk": { needs: [namespaces], says: async () => onDisk("mount -o remount,ro $W/disk") },
};
