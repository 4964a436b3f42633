import { nginxCertificates, variable } from "./files.ts";
import { byProcess, type Dish, type Kitchen, names, ofProcess, own, probe, read, services } from "./kitchen.ts";
import type { Table } from "./table.ts";

/** A file of Debian's, of certbot's and of everybody's own. */
export async function nginx(kitchen: Kitchen): Promise<Dish | null> {
  const { seen, words } = kitchen;
  const processes = own(kitchen, /^nginx$/);
  const [first] = processes;
  if (first === undefined) return null;
  const directories = ["/etc/nginx/conf.d", "/etc/nginx/sites-enabled"];
  const files = await Promise.all(
    directories.map(async (directory) => (await names(kitchen, directory)).map((name) => `${directory}/${name}`)),
  );
  const texts = await Promise.all(["/etc/nginx/nginx.conf", ...files.flat()].map((path) => read(kitchen, path)));
  const certificates = nginxCertificates(texts.join("\n")).filter((path) => !path.startsWith("/etc/letsencrypt/live/"));
  return {
    by: [byProcess(kitchen, first)],
    tables: [
      ...services(processes),
      ...[80, 443]
        .filter((port) => seen.ports.has(port))
        .map((port): Table => ({ kind: "tcp", values: { host: "127.0.0.1", port, name: `nginx ${port}` } })),
      ...certificates.slice(0, 5).map((file) => {
        const [name = ""] = file.split("/").toReversed();
        return probe({ name: words.names.certificate(name).slice(0, 40), file, take: "expiry" });
      }),
    ],
  };
}

export async function caddy(kitchen: Kitchen): Promise<Dish | null> {
  const { seen, words } = kitchen;
  const processes = own(kitchen, /^caddy$/);
  const [first] = processes;
  if (first === undefined) return null;
  const env = (await ofProcess(kitchen, first, "environ")).replaceAll("\0", "\n");
  const home = variable(env, "HOME") ?? "/var/lib/caddy";
  const kept = `${variable(env, "XDG_DATA_HOME") ?? `${home}/.local/share`}/caddy/certificates`;
  const hasAny = (await names(kitchen, kept)).length > 0;
  return {
    by: [byProcess(kitchen, first)],
    tables: [
      ...services(processes),
      ...(seen.ports.has(2019)
        ? [{ kind: "http", values: { url: "http://127.0.0.1:2019/config/", name: "Caddy" } } as const]
        : []),
      ...(hasAny
        ? [probe({ name: words.names.certificates("Caddy"), file: `${kept}/*/*/*.crt`, take: "expiry" })]
        : []),
    ],
  };
}

export async function certbot(kitchen: Kitchen): Promise<Dish | null> {
  const { seen, words } = kitchen;
  const live = "/etc/letsencrypt/live";
  if ((await names(kitchen, live)).every((name) => name === "README")) return null;
  const timers = seen.units.filter((name) => /^(?:snap\.)?certbot\.(?:renew\.)?timer$/.test(name));
  return {
    by: [words.by.file(live)],
    tables: [
      probe({ name: words.names.certificates("certbot"), file: `${live}/*/fullchain.pem`, take: "expiry" }),
      ...timers.map((unit): Table => ({ kind: "service", values: { unit } })),
    ],
  };
}
