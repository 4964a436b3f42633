/**
 * The kernel that a reboot would start: null when it is the one that runs, undefined when that cannot be told. `installed`
 * are the names below /lib/modules, `boot` those in /boot. Only kernels of one flavour are compared: others were chosen by
 * somebody, or belong to the host of this container.
 */
export function findNextKernel(
  running: string,
  installed: readonly string[],
  boot: readonly string[],
): string | null | undefined {
  const inBoot = (release: string) => boot.some((file) => file.endsWith(`-${release}`));
  // Where /boot has files by version, modules without a kernel were left behind when it was removed.
  const bootable = installed.some(inBoot) ? installed.filter(inBoot) : installed;
  const [newest] = bootable.filter((release) => flavourOf(release) === flavourOf(running)).toSorted(newestFirst);
  if (newest === undefined) return undefined;
  if (newest === running) return null;
  // Replaced in place or removed while it runs: whatever is there now will start.
  return !installed.includes(running) || newestFirst(newest, running) < 0 ? newest : null;
}

/** The flavour: the name without versions and the distribution's numbers: `-amd64`, `-generic`, `..x86_64`. */
function flavourOf(release: string): string {
  return release
    .replace(/^\d+(?:\.\d+)*(?:-\d+(?:\.\d+)*)?/, "")
    .replace(/(?:el|fc|deb|amzn|arch)\d+(?:[._-]\d+)*/, "");
}

function newestFirst(one: string, other: string): number {
  const theirs = numbersIn(other);
  const differences = numbersIn(one).map((number, index) => compare(theirs[index] ?? "", number));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Digits without leading zeros: of two numbers the longer is the larger. */
const numbersIn = (release: string) => (release.match(/\d+/g) ?? []).map((digits) => digits.replace(/^0+/, ""));
const compare = (one: string, other: string) => one.length - other.length || (one === other ? 0 : one < other ? -1 : 1);
