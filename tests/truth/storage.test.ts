import { expect } from "bun:test";
import * as v from "valibot";

import { storage } from "../../lib/metrics/storage.ts";
import { observationKey } from "../../lib/model/observation.ts";

import { type Namespace, openNamespace } from "../support/namespace.ts";
import { testWith } from "../support/needs.ts";
import { temporaryPrefix } from "../support/project.ts";
import { parseShown, showNumbers, type Shown, valueOf } from "../support/shown.ts";
import { noteDifferences } from "./differences.ts";
import { startLoad } from "./load.ts";

const note = noteDifferences("bytes or percent");

/** image NAME SIZE MKFS…: a file system in a file, mounted at $W/NAME. */
const imageFunction = `
image() {
  name=$1; truncate -s "$2" "$W/$name.image"; mkdir "$W/$name"; shift 2
  "$@" "$W/$name.image" >/dev/null
  mount -o loop "$W/$name.image" "$W/$name"
}`;

/** One of each kind that a server has, and of those that are not to be shown. */
const setup = `${imageFunction}
image reserved 64M mkfs.ext4 -q -m 20
head -c 20000123 /dev/zero >$W/reserved/data
image xfs 320M mkfs.xfs -q
head -c 90000001 /dev/zero >$W/xfs/data
image btrfs 160M mkfs.btrfs -q
head -c 30000001 /dev/zero >$W/btrfs/data
image inodes 16M mkfs.ext4 -q -N 32
i=0; while touch $W/inodes/$i 2>/dev/null; do i=$((i + 1)); done
image full 16M mkfs.ext4 -q
cat /dev/zero >$W/full/data 2>/dev/null || :
image readonly 16M mkfs.ext4 -q
mount -o remount,ro $W/readonly
image hostile 16M mkfs.ext4 -q
odd=$(printf '%s/sp ace\\\\tab\\t\\377' $W); mkdir "$odd"; mount --move $W/hostile "$odd" 
image small 8M mkfs.ext4 -q -m 0 -b 1024
mkdir $W/tmpfs $W/squashfs $W/bind $W/overlay $W/upper $W/work
mount -t tmpfs -o size=1M tmpfs $W/tmpfs
mksquashfs /etc/passwd $W/squashfs.image -quiet -no-progress >/dev/null
mount -o loop $W/squashfs.image $W/squashfs
mkdir $W/reserved/part; mount --bind $W/reserved/part $W/bind
mount -t overlay -o lowerdir=$W/reserved,upperdir=$W/upper,workdir=$W/work overlay $W/overlay
sync`;

/** In the order of df's columns: bytes, percent, inodes, percent. A dash of df's is NaN. */
type Row = readonly number[];

const columns = ["size", "used", "avail", "percent", "inodes", "inodes used", "inodes percent"] as const;
const dfOptions = "-B1 --output=size,used,avail,pcent,itotal,iused,ipcent";

const parseDf = (text: string): readonly Row[] =>
  text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/[ %]+/).slice(0, columns.length).map(Number));

/** The same columns from our readings; rounded up to whole percents, as a person sees them. */
function rowOf(shown: Shown, mount: string): Row {
  const { usage } = fileSystemsOf(shown).find((one) => one.mount === mount) ?? { usage: null };
  if (usage === null) throw new Error(`${mount} was not read`);
  const percentOf = (name: string) => Math.ceil(valueOf(shown, observationKey({ name, labels: { mount } })));
  const { totalBytes, freeBytes, availableBytes, inodes, inodesFree } = usage;
  const inodesPercent = inodes === 0 ? NaN : percentOf("storage_inodes_used_percent");
  const spacePercent = percentOf("storage_used_percent");
  return [totalBytes, totalBytes - freeBytes, availableBytes, spacePercent, inodes, inodes - inodesFree, inodesPercent];
}

const fileSystemsOf = ({ readings }: Shown) => v.parse(storage.schema, readings["storage"]?.value);

/** A word for the shell. We write a byte of a name that would not be readable as `\xff`, and so does printf. */
const quoted = (path: string) => `"$(env printf %b '${path.replaceAll("'", `\\x27`)}')"`;

/** df's dash counts as equal to our silence. */
const known = (value = NaN) => (Number.isNaN(value) ? 0 : value);

/** A difference that lasts for so many rounds is ours: the tests beside this one write to the same disk all the time. */
const roundsToAgree = 60;

/** Asks df, us, df again, and compares what did not move between; until everything was still once. */
async function compareAll(machine: Namespace, mounts: readonly string[], state: string): Promise<void> {
  const waiting = new Set(mounts);
  const ask = `df ${dfOptions} -- ${mounts.map(quoted).join(" ")}`;
  for (let round = 0; waiting.size > 0 && round < 100; round++) {
    const answer = await machine.shell(`${ask}; echo; ${showNumbers().map(quoted).join(" ")}; echo; ${ask}`);
    const [before = "", json = "", after = ""] = answer.split(/\n\n(?=\{|\s*1B-blocks)/);
    const shown = parseShown({ status: 0, stdout: json, stderr: "" });
    const [earlier, later] = [parseDf(before), parseDf(after)];
    for (const [index, mount] of mounts.entries()) {
      if (!waiting.has(mount) || !Bun.deepEquals(earlier[index], later[index])) continue;
      const ours = rowOf(shown, mount);
      // A file that was made and deleted between the two answers of df was there when we looked; it is not there each time.
      const isSame = Bun.deepEquals(ours, earlier[index]);
      if (!isSame && round < roundsToAgree) continue;
      waiting.delete(mount);
      columns.forEach((column, at) => note(`${column}, ${state}`, known(ours[at]), known(earlier[index]?.[at])));
      expect([mount, ...ours]).toEqual([mount, ...(earlier[index] ?? [])]);
    }
  }
  expect([...waiting]).toEqual([]);
}

const needed = ["mkfs.xfs", "mkfs.btrfs", "mksquashfs"];

testWith(...needed)("every file system equals `df` to the byte and the percent, in space and in inodes", async () => {
  await using machine = await openNamespace();
  await machine.shell(setup);
  const shown = parseShown(await machine.run(showNumbers()));
  // df would wait for ever for one that hangs, and the tests beside this one take theirs away.
  const isOfAnother = (mount: string) => mount.startsWith(temporaryPrefix) && !mount.startsWith(machine.directory);
  const mounts = fileSystemsOf(shown).flatMap(({ mount, usage }) =>
    usage === null || isOfAnother(mount) ? [] : [mount],
  );
  const hostile = `${machine.directory}/sp ace\\x5ctab\\x09\\xff`;
  const names = ["btrfs", "full", "inodes", "readonly", "reserved", "small", "xfs"];
  // The bind mount is its device's second; what lies in memory, is always full, or is made of others is not shown.
  expect(mounts.filter((mount) => mount.startsWith(machine.directory)).toSorted()).toEqual(
    [...names.map((name) => `${machine.directory}/${name}`), hostile].toSorted(),
  );
  expect(
    fileSystemsOf(shown).filter(({ readOnly, mount }) => readOnly && mount.startsWith(machine.directory)),
  ).toMatchObject([{ mount: `${machine.directory}/readonly` }]);
  await compareAll(machine, mounts, "machine as it is");
});

testWith("mkfs.ext4")("the percents equal df's at every step while a file system fills up", async () => {
  await using machine = await openNamespace();
  const steps = Array.from({ length: 29 }, (_, step) => `filled${step}`);
  // Each step is a file system of its own, so that one look sees them all.
  await machine.shell(`${imageFunction}
    files=1
    for name in ${steps.join(" ")}; do
      image $name 4M mkfs.ext4 -q -b 1024 -N 40
      file=0; while [ $file -lt $files ]; do head -c 100K /dev/zero >$W/$name/$file; file=$((file + 1)); done
      files=$((files + 1))
    done
    sync`);
  const mounts = steps.map((name) => `${machine.directory}/${name}`);
  await compareAll(machine, mounts, "filling up");
});

testWith("stress-ng", "mkfs.xfs")(
  "file systems under I/O load equal `df` when both are frozen for the comparison",
  async () => {
    await using machine = await openNamespace();
    await machine.shell(`${imageFunction}
    image ext4 256M mkfs.ext4 -q
    image xfs 320M mkfs.xfs -q`);
    const mounts = ["ext4", "xfs"].map((name) => `${machine.directory}/${name}`);
    const args = (mount: string) => ["--iomix", "1", "--iomix-bytes", "64M", "--temp-path", mount];
    await using loads = new AsyncDisposableStack();
    for (const mount of mounts) loads.use(await startLoad(args(mount), machine.enter));
    for (let round = 0; round < 5; round++) {
      await machine.shell(mounts.map((mount) => `fsfreeze --freeze ${mount}`).join("\n"));
      try {
        await compareAll(machine, mounts, "I/O load");
      } finally {
        await machine.shell(mounts.map((mount) => `fsfreeze --unfreeze ${mount}`).join("\n"));
      }
    }
  },
);
