import * as v from "valibot";

import type { ChecksConfig } from "../model/settings.ts";
import { type Meanings, numberBetween, shortText, webAddress, wholeBetween } from "./types.ts";

const unitExpected = 'the name of a unit, such as "nginx.service"';
const hostExpected = "a host name or an IP address";

// The whole run has a minute, and Discord wants most of it.
const timeout = v.optional(numberBetween(0.1, 20, "a number of seconds"), 10);

/** The entries of each table; `[[service]]` and so on may stand any number of times. */
export const checkTables = {
  service: {
    // One that systemctl takes for an option, a pattern or no name would spoil the answer for all: so no template either.
    unit: v.pipe(
      v.string(unitExpected),
      v.regex(/^(?!.*@\.)[\w:.\\@][\w:.\\@-]*$/, unitExpected),
      v.transform(withSuffix),
    ),
  },
  http: {
    url: webAddress(),
    name: v.optional(shortText(80, "a name")),
    expect_status: v.optional(wholeBetween(100, 599, "a status")),
    expect_text: v.optional(shortText(100)),
    timeout,
    tls_days: v.optional(numberBetween(0, 365, "a number of days")),
  },
  tcp: {
    host: v.pipe(v.string(hostExpected), v.regex(/^\[?[\w.:%-]+\]?$/, hostExpected)),
    port: wholeBetween(1, 65_535, "a port"),
    name: v.optional(shortText(80, "a name")),
    timeout,
  },
};

const timeoutMeaning = { meaning: "seconds for all of it: name, connection, redirects, page" };

/** Meanings of the settings in each table. */
export const checkMeanings: { readonly [Table in keyof typeof checkTables]: Meanings<(typeof checkTables)[Table]> } = {
  service: { unit: { meaning: "a unit of systemd that must run, now and after a reboot", default: "must be set" } },
  http: {
    url: { meaning: "the page that must answer; its query is a secret", default: "must be set" },
    name: { meaning: "what to call it", default: "the address" },
    expect_status: { meaning: "the status that it must answer with", default: "any from 200 to 399" },
    expect_text: { meaning: "a text in the first MiB of the page", default: "anything" },
    timeout: timeoutMeaning,
    tls_days: {
      meaning: "days that the certificate must be good for",
      default: "14, or a third of its life where that is less",
    },
  },
  tcp: {
    host: { meaning: "the machine that must accept connections", default: "must be set" },
    port: { meaning: "at this port", default: "must be set" },
    name: { meaning: "what to call it", default: "`host:port`" },
    timeout: timeoutMeaning,
  },
};

const isUnique = (names: readonly string[]) => new Set(names).size === names.length;
const namesExpected = "a name of its own for each, where the addresses do not differ";

/** The settings of the checks, as they stand in a file. */
export const checkEntries = {
  service: v.pipe(
    list(checkTables.service, "service"),
    v.check((all) => isUnique(all.map(({ unit }) => unit)), "each unit once"),
  ),
  http: v.pipe(
    list(checkTables.http, "http"),
    v.check((all) => isUnique(all.map(nameOfPage)), namesExpected),
  ),
  tcp: v.pipe(
    list(checkTables.tcp, "tcp"),
    v.check((all) => isUnique(all.map(nameOfPort)), namesExpected),
  ),
};

const Checks = v.partial(v.object(checkEntries));

/** The checks, decided. */
export function decideChecks({
  service = [],
  http = [],
  tcp = [],
}: v.InferOutput<typeof Checks>): Omit<ChecksConfig, "probes"> {
  return {
    services: service,
    http: http.map((one) => ({
      name: nameOfPage(one),
      url: one.url,
      expectStatus: one.expect_status ?? null,
      expectText: one.expect_text ?? null,
      timeoutSeconds: one.timeout,
      tlsDays: one.tls_days ?? null,
    })),
    tcp: tcp.map((one) => ({
      name: nameOfPort(one),
      host: one.host.replace(/^\[|\]$/g, ""),
      port: one.port,
      timeoutSeconds: one.timeout,
    })),
  };
}

function list<const Entries extends v.ObjectEntries>(entries: Entries, name: string) {
  const expected = `[[${name}]] tables`;
  // A setting that must be there and is not is the fault of the table that should hold it.
  return v.array(
    v.strictObject(entries, ({ input }) => (input === undefined ? "it to be set" : expected)),
    expected,
  );
}

function withSuffix(unit: string): string {
  const kinds = /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;
  return kinds.test(unit) ? unit : `${unit}.service`;
}

function nameOfPage({ name, url }: { readonly name?: string | undefined; readonly url: string }): string {
  const { origin, pathname } = new URL(url);
  return name ?? `${origin}${pathname === "/" ? "" : pathname}`;
}

function nameOfPort(check: {
  readonly name?: string | undefined;
  readonly host: string;
  readonly port: number;
}): string {
  const host = check.host.includes(":") && !check.host.startsWith("[") ? `[${check.host}]` : check.host;
  return check.name ?? `${host}:${check.port}`;
}
