import { asJob, type CronCommand, outputOf } from "./cron.ts";
import { type Suggestion, type Context, probe } from "./context.ts";
import type { Table } from "./table.ts";

/** Hours after which a backup is late, and very late. */
const late = { day: [26, 50], week: [192, 360], month: [792, 1536] } as const;

const newest = ({ words }: Context, name: string, file: string, { period }: CronCommand): Table => {
  const [warning, critical] = late[period];
  return probe({ name: words.names.backup(name).slice(0, 40), file, unit: "hours", warning, critical });
};

/** Cron jobs that run a program, and the files that they leave. */
function backups(
  context: Context,
  word: RegExp,
  name: string | null,
  fileOf: (job: CronCommand) => string | null,
): Suggestion | null {
  const { seen, words, program } = context;
  const found = seen.cron.filter(({ text }) => word.test(text));
  if (found.length === 0) return null;
  return {
    by: [
      ...new Set(found.map(({ place }) => (place.endsWith(".service") ? words.by.unit(place) : words.by.cron(place)))),
    ],
    tables: found.flatMap((job) => {
      const file = fileOf(job);
      return file === null ? [] : [newest(context, name ?? file.slice(file.lastIndexOf("/") + 1), file, job)];
    }),
    jobs: found.flatMap((job, index) => {
      const called = (text: string) => word.exec(text)?.[0] ?? "";
      const own = called(job.text);
      // Jobs of one user are told apart by their names.
      const others = found.slice(0, index).filter(({ text }) => called(text) === own).length;
      const line = asJob(job, word, program, others === 0 ? own : `${own}-${others + 1}`);
      return line === null ? [] : [{ place: job.place, user: job.user, line }];
    }),
  };
}

/** A repository in a directory of this machine; one elsewhere is not looked into. */
const repository = (text: string, written: RegExp) => {
  const path = written.exec(text)?.[1]?.replace(/["']/g, "") ?? "";
  return /^\/[^*?[\]{}$`]+$/.test(path) ? path.replace(/\/$/, "") : null;
};

export const restic = (context: Context): Suggestion | null =>
  backups(context, /\brestic\b/, "restic", ({ text }) => {
    const path = repository(text, /(?:RESTIC_REPOSITORY=|\s(?:-r|--repo)[\s=])(\S+)/);
    return path && `${path}/snapshots/*`;
  });

export const borg = (context: Context): Suggestion | null =>
  backups(context, /\bborg(?:matic)?\b/, "borg", ({ text }) => {
    const named = /\bBORG_REPO=["']?(\/[^\s:"']+)/;
    const given = /\s["']?(\/[^\s:"']+)(?:::|["']?\s*$)/m;
    const path = repository(text, named) ?? repository(text, given);
    return path && `${path}/index.*`;
  });

const dumps = /\b(?:pg_dump|pg_dumpall|mariadb-dump|mysqldump)\b/;

/** Dumps of a database, with the file that the command writes. */
export const dump = (context: Context): Suggestion | null => backups(context, dumps, null, outputOf);
