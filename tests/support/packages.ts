import { existsSync } from "node:fs";
import { join } from "node:path";

import { unpacked } from "../tools/tools.ts";
import { type Namespace, type NamespaceOptions, openNamespace } from "./namespace.ts";

/** A namespace in which the packages that were fetched are in their usual places, and over them directories of `own`. */
export async function withPackages(
  options: NamespaceOptions = {},
  own: Readonly<Record<string, string>> = {},
): Promise<Namespace> {
  const namespace = await openNamespace(options);
  for (const place of ["usr/lib", "usr/bin", "usr/sbin", "usr/share", "etc"]) {
    // All in one mount: the kernel stacks at most two overlays.
    const roots = unpacked.map((root) => join(root, place)).filter((path) => existsSync(path));
    const layers = [...(own[place] === undefined ? [] : [own[place]]), ...roots];
    if (layers.length === 0) continue;
    await namespace.shell(`mount -t overlay -o "ro,lowerdir=${layers.join(":")}:/${place}" overlay /${place}`);
  }
  return namespace;
}
