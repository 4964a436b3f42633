import { nginxCertificates, variable } from "./files.ts";
import { byProcess, type Suggestion, type Context, names, ofProcess, own, probe, read, services } from "./context.ts";
import type { Table } from "./table.ts";

/** A file of Debian's, of certbot's and of everybody's own. */
export async function nginx(context: Context): Promise<Suggestion | null> {
  const { seen, words } = context;
  const processes = own(context, /^nginx$/);
  const [first] = processes;
  if (first === undefined) return null;
  const directories = ["/etc/nginx/conf.d", "/etc/nginx/sites-enabled"];
  const files = await Promise.all(
    directories.map(async (directory) => (await names(context, directory)).map((name) => `${directory}/${name}`)),
  );
  const texts = await Promise.all(["/etc/nginx/nginx.conf", ...files.flat()].map((path) => read(context, path)));
  const certificates = nginxCertificates(texts.join("\n")).filter((path) => !path.startsWith("/etc/letsencrypt/live/"));
  return {
    by: [byProcess(context, first)],
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

export async function caddy(context: Context): Promise<Suggestion | null> {
  const { seen, words } = context;
  const processes = own(context, /^caddy$/);
  const [first] = processes;
  if (first === undefined) return null;
  const env = (await ofProcess(context, first, "environ")).replaceAll("\0", "\n");
  const home = variable(env, "HOME") ?? "/var/lib/caddy";
  const kept = `${variable(env, "XDG_DATA_HOME") ?? `${home}/.local/share`}/caddy/certificates`;
  const hasAny = (await names(context, kept)).length > 0;
  return {
    by: [byProcess(context, first)],
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

export async function certbot(context: Context): Promise<Suggestion | null> {
  const { seen, words } = context;
  const live = "/etc/letsencrypt/live";
  if ((await names(context, live)).every((name) => name === "README")) return null;
  const timers = seen.units.filter((name) => /^(?:snap\.)?certbot\.(?:renew\.)?timer$/.test(name));
  return {
    by: [words.by.file(live)],
    tables: [
      probe({ name: words.names.certificates("certbot"), file: `${live}/*/fullchain.pem`, take: "expiry" }),
      ...timers.map((unit): Table => ({ kind: "service", values: { unit } })),
    ],
  };
}
