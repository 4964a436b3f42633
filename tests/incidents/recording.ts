/** What a look for changes asks of a machine, kept small, and the machine again out of what was kept. */
import * as v from "valibot";

import { type Host, Unavailable } from "../../lib/model/host.ts";
import { testHost } from "../support/testHost.ts";

/** A text, names, links by their names; null for what is not there. */
const Answer = v.nullable(v.union([v.string(), v.array(v.string()), v.record(v.string(), v.string())]));
type Answer = v.InferOutput<typeof Answer>;

/** By question: `file /etc/passwd`, `list /etc/cron.d`, `package nginx:amd64`. */
const Answers = v.record(v.string(), Answer);
export type Answers = v.InferOutput<typeof Answers>;

/** A look: how many minutes after the one before, at which boot, and what was otherwise than before. */
export const Look = v.object({
  what: v.string(),
  minutes: v.number(),
  isErrand: v.boolean(),
  boot: v.object({ id: v.string(), kernel: v.string() }),
  answers: Answers,
});
export type Look = v.InferOutput<typeof Look>;

/** Looks at one machine, the first first. */
export const Sequence = v.pipe(v.string(), v.parseJson(), v.array(Look));

const statusFile = "/var/lib/dpkg/status";
const digest = (text: string) => Bun.hash(text).toString(36);

/** Files of packages that are only compared. */
const compared = /^\/(?:(?:usr\/)?lib\/systemd\/|etc\/(?:init\.d|cron\.(?:hourly|daily|weekly|monthly))\/)/;
/** What may be asked for of a package's list. */
const listed = /^\/(?:etc|(?:usr\/)?(?:s?bin|lib\/(?:systemd|sysusers\.d)))\/.*\n/gm;

function shortened(path: string, text: string): string {
  if (path.endsWith(".list")) return text.match(listed)?.join("") ?? "";
  return compared.test(path) ? [...(text.match(/^Listen.*$/gm) ?? []), digest(text)].join("\n") : text;
}

/** Of sockets those that wait, of counters those of TCP, of mounts none: they are those of who records. */
function shortenedProc(name: string, text: string): string {
  if (name === "self/mountinfo") return "";
  if (/^net\/tcp6?$/.test(name)) return text.replaceAll(/^ *\d+: \S+ \S+ (?!0A)\S\S .*\n/gm, "");
  return name === "net/snmp" ? (text.match(/^Tcp: .*\n/gm)?.join("") ?? "") : text;
}

/** Of a process only its program and its sockets are asked for. */
function ownLinks(path: string, links: ReadonlyMap<string, string>): Answer {
  const isOfProcess = path.startsWith("/proc/");
  const wanted = [...links].filter(([name, to]) => !isOfProcess || name === "exe" || to.startsWith("socket:"));
  return Object.fromEntries(wanted);
}

/** The database of dpkg, a question a package. */
function packagesIn(status: string): readonly (readonly [string, Answer])[] {
  return status.split("\n\n").flatMap((part) => {
    const of = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(part)?.[1] ?? "";
    const about = { Architecture: of("Architecture"), Status: of("Status"), Version: of("Version") };
    return of("Package") === "" ? [] : [[`package ${of("Package")}:${about.Architecture}`, about] as const];
  });
}

/** A machine that notes down what it is asked. */
export function recordingHost(real: Host): { readonly host: Host; readonly answers: () => Answers } {
  const notes = new Map<string, Answer>();
  const note = async <T>(question: string, asked: Promise<T>, keep: (value: T) => Answer): Promise<T> => {
    try {
      const value = await asked;
      notes.set(question, keep(value));
      return value;
    } catch (error) {
      if (error instanceof Unavailable) notes.set(question, null);
      throw error;
    }
  };
  const proc = (name: string) => (text: string) => shortenedProc(name, text);
  const host: Host = {
    ...real,
    readProc: (name, encoding) => note(`proc ${name}`, real.readProc(name, encoding), proc(name)),
    readProcUntil: (name, end) => note(`proc ${name}`, real.readProcUntil(name, end), proc(name)),
    readFile: async (path) => {
      if (path !== statusFile) return note(`file ${path}`, real.readFile(path), (text) => shortened(path, text));
      const text = await real.readFile(path);
      for (const [question, answer] of packagesIn(text)) notes.set(question, answer);
      return text;
    },
    list: (path) => note(`list ${path}`, real.list(path), (names) => [...names]),
    links: (path) => note(`links ${path}`, real.links(path), (links) => ownLinks(path, links)),
    stamps: async (paths) => {
      const stamps = await real.stamps(paths);
      for (const [index, path] of paths.entries()) {
        const stamp = stamps[index] ?? null;
        notes.set(`stamp ${path}`, stamp === null ? null : digest(stamp));
      }
      return stamps;
    },
    stamp: async (paths) => (await host.stamps(paths)).join(),
    run: (program, args, limits) => note(`run ${program}`, real.run(program, args, limits), (text) => text),
  };
  return { host, answers: () => Object.fromEntries(notes) };
}

/** What of these answers is otherwise than before. Packages are asked for all at once, or not at all. */
export function otherwise(before: Answers, now: Answers): Answers {
  const isOfPackage = (question: string) => question.startsWith("package ");
  const gone = Object.keys(now).some(isOfPackage)
    ? Object.keys(before).filter((one) => isOfPackage(one) && before[one] !== null && now[one] === undefined)
    : [];
  const other = Object.entries(now).filter(([question, answer]) => !Bun.deepEquals(before[question], answer));
  return Object.fromEntries([...gone.map((one) => [one, null] as const), ...other]);
}

/** Looks without what those of the day asked of each package and was never otherwise. */
export function pruned(looks: readonly Look[]): readonly Look[] {
  const times = new Map<string, number>();
  for (const question of looks.flatMap(({ answers }) => Object.keys(answers))) {
    times.set(question, (times.get(question) ?? 0) + 1);
  }
  const isDull = (question: string) => {
    const path = question.replace(/^file /, "");
    return path !== question && times.get(question) === 1 && (compared.test(path) || path.endsWith(".list"));
  };
  const kept = looks.map(({ isErrand, answers }) =>
    Object.entries(answers).filter(([question]) => !isErrand || !isDull(question)),
  );
  // Of the files about packages those that were asked for.
  const lists = "/var/lib/dpkg/info";
  const asked = new Set(kept.flatMap((answers) => answers.map(([question]) => question)));
  const inLists = (names: readonly string[]) => names.filter((name) => asked.has(`file ${lists}/${name}`));
  return looks.map((look, index) => {
    const answers = (kept[index] ?? []).map(([question, answer]) => {
      const isOfLists = question === `list ${lists}` && Array.isArray(answer);
      return [question, isOfLists ? inLists(answer) : answer] as const;
    });
    return Object.assign({}, look, { answers: Object.fromEntries(answers) });
  });
}

/** The machine that gave these answers. What it was not asked is not there. */
export function replayedHost(answers: Answers): Host {
  const there = async <T>(question: string, answer: T | null): Promise<T> => {
    if (answer === null) throw new Unavailable(`${question} is not there`);
    return answer;
  };
  const given = (question: string): Answer => answers[question] ?? null;
  const text = (question: string) => {
    const answer = given(question);
    return there(question, typeof answer === "string" ? answer : null);
  };
  const linksOf = (question: string) => {
    const answer = given(question);
    return there(question, answer === null || typeof answer === "string" || Array.isArray(answer) ? null : answer);
  };
  const host: Host = {
    ...testHost({}),
    readProc: (name) => text(`proc ${name}`),
    readProcUntil: (name) => text(`proc ${name}`),
    readFile: (path) => (path === statusFile ? there(path, statusOf(answers)) : text(`file ${path}`)),
    list: (path) => {
      const answer = given(`list ${path}`);
      return there(path, Array.isArray(answer) ? answer : null);
    },
    links: async (path) => new Map(Object.entries(await linksOf(`links ${path}`))),
    stamps: async (paths) =>
      paths.map((path) => {
        const answer = given(`stamp ${path}`);
        return typeof answer === "string" ? answer : null;
      }),
    stamp: async (paths) => (await host.stamps(paths)).join(),
    run: (program) => text(`run ${program}`),
  };
  return host;
}

function statusOf(answers: Answers): string | null {
  const parts = Object.entries(answers).flatMap(([question, answer]) => {
    const name = /^package (.*):/.exec(question)?.[1];
    if (name === undefined || answer === null || typeof answer === "string" || Array.isArray(answer)) return [];
    return [[`Package: ${name}`, ...Object.entries(answer).map(([field, of]) => `${field}: ${of}`), ""].join("\n")];
  });
  return parts.length === 0 ? null : `${parts.join("\n")}\n`;
}
