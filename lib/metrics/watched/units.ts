import { type Host, ifThere } from "../../model/host.ts";
import { type Fact, factOf, hashText } from "../../proc/facts.ts";
import { loginHomes } from "./accounts.ts";
import type { Watch } from "./watch.ts";

const own = "/etc/systemd/system";
const vendors = ["/usr/lib/systemd/system", "/lib/systemd/system", "/usr/local/lib/systemd/system"];
const isUnit = (name: string) => /\.(?:service|timer|socket|path)$/.test(name);

/** Units and timers that are there, and those of them that are enabled; start scripts, too. See `systemd.unit(5)`. */
export async function readUnits(watch: Watch): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const directory of vendors) {
    const names = (await watch.list(directory)).filter(isUnit);
    facts.push(...names.map((name) => factOf({ subject: name, path: `${directory}/${name}` })));
  }
  facts.push(...(await readOwn(watch, own)));
  for (const home of await loginHomes(watch)) facts.push(...(await readOwn(watch, `${home}/.config/systemd/user`)));
  facts.push(...(await readOwn(watch, "/etc/systemd/user")), ...(await readScripts(watch)));
  // A unit that moves to another directory of the same kind is the same one.
  return [...new Map(facts.map((one) => [`${one.subject} ${one.id}`, one])).values()];
}

/** A directory where an administrator puts units, and links to those that are enabled. */
async function readOwn(watch: Watch, directory: string): Promise<readonly Fact[]> {
  const names = await watch.list(directory);
  if (names.length === 0) return [];
  const links = await watch.links(directory);
  const facts: Fact[] = [];
  for (const name of names) {
    const [path, target] = [`${directory}/${name}`, links.get(name)];
    if (/\.(?:wants|requires|upholds)$/.test(name)) facts.push(...(await readEnabled(watch, path)));
    else if (name.endsWith(".d")) facts.push(...(await readDropIns(watch, path, name.slice(0, -2))));
    else if (!isUnit(name) || target === "/dev/null") continue;
    else if (target !== undefined) facts.push(factOf({ subject: name, path: absolute(target, directory) }));
    else facts.push(factOf({ subject: name, path }), ...textFact(name, path, await watch.read(path)));
  }
  return facts;
}

async function readEnabled(watch: Watch, directory: string): Promise<readonly Fact[]> {
  const found = [...(await watch.links(directory))].filter(([name]) => isUnit(name));
  return found.map(([name, target]) =>
    factOf({ subject: name, id: "enabled", text: "enabled", path: absolute(target, directory) }),
  );
}

async function readDropIns(watch: Watch, directory: string, unit: string): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const name of (await watch.list(directory)).filter((one) => one.endsWith(".conf"))) {
    const path = `${directory}/${name}`;
    facts.push(...textFact(unit, path, await watch.read(path)));
  }
  return facts;
}

const textFact = (unit: string, path: string, text: string | null): readonly Fact[] =>
  text === null ? [] : [factOf({ subject: unit, id: path, value: hashText(text), text: path, path })];

/** `../x.service` from the directory of the link. */
function absolute(target: string, directory: string): string {
  if (target.startsWith("/")) return target;
  const parts = directory.split("/");
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** What starts at boot without systemd: `rc.local`, scripts of SysV, runlevels of OpenRC. */
async function readScripts(watch: Watch): Promise<readonly Fact[]> {
  const scripts = await watch.list("/etc/init.d");
  const enabled = await watch.links("/etc/runlevels/default");
  return [
    ...textFact("rc.local", "/etc/rc.local", await watch.read("/etc/rc.local")),
    ...scripts.map((name) => factOf({ subject: name, id: "script", path: `/etc/init.d/${name}` })),
    ...[...enabled].map(([name, path]) => factOf({ subject: name, id: "enabled", text: "enabled", path })),
  ];
}

/** Once a day: the texts of units and scripts that come with packages. */
export async function readTexts(host: Host, isLeftover: Watch["isLeftover"]): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const directory of [...vendors, "/etc/init.d"]) {
    const names = (await ifThere(host.list(directory))) ?? [];
    const wanted = names.filter((one) => (directory === "/etc/init.d" ? !isLeftover(one) : isUnit(one)));
    for (const name of wanted) {
      const path = `${directory}/${name}`;
      const text = await ifThere(host.readFile(path)).catch(() => null);
      if (text !== null) facts.push(factOf({ subject: name, id: "text", value: hashText(text), text: path, path }));
    }
  }
  return [...new Map(facts.map((one) => [one.subject, one])).values()];
}
