import * as v from "valibot";

import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { JobRecord, jobsDirectory, judgeJob, type JobStanding, parseRecord } from "../model/job.ts";
import { defineMetric, type Row } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import type { MetricSettings } from "../model/settings.ts";
import { parseDecimal } from "../proc/number.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.object({
  jobs: v.array(JobRecord),
  upSeconds: v.nullable(v.number()),
  /** When they were read, milliseconds since the epoch; absent where no report asks. */
  atMs: v.exactOptional(v.number()),
});

/**
 * Cron jobs that `server-metrics job` runs. Source: the files that it writes, one a job, in the directories of this user's
 * state and of the users in the settings.
 */
export type Jobs = v.InferOutput<typeof schema>;

/** The homes of users, `passwd(5)`. */
async function homesOf(host: Host, users: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const lines =
    users.length === 0 ? [] : (await host.readFile("/etc/passwd")).split("\n").map((line) => line.split(":"));
  return new Map(lines.flatMap(([name = "", , , , , home = ""]) => (users.includes(name) ? [[name, home]] : [])));
}

const directoryIn = (home: string) => `${home}/.local/state/server-metrics/${jobsDirectory}`;

/** Those of these users who are not there, or whose homes are not ours to read. */
export async function hiddenUsers(host: Host, users: readonly string[]): Promise<readonly string[]> {
  const homes = await homesOf(host, users);
  const isHidden = async (user: string) => {
    const home = homes.get(user);
    if (home === undefined) return true;
    return (await ifThere(host.list(directoryIn(home)))) === null && (await ifThere(host.list(home))) === null;
  };
  const hidden = await Promise.all(users.map(isHidden));
  return users.filter((_, index) => hidden[index]);
}

async function collectJobs(host: Host, { jobs: { directories, users } }: MetricSettings): Promise<Jobs> {
  const jobs: JobRecord[] = [];
  const others = [...(await homesOf(host, users)).values()].map(directoryIn);
  for (const directory of new Set([...directories, ...others])) {
    const files = (await ifThere(host.list(directory))) ?? [];
    for (const file of files.filter((name) => /^[^.].*\.json$/.test(name))) {
      const text = await ifThere(host.readFile(`${directory}/${file}`));
      const record = parseRecord(file.slice(0, -".json".length), text ?? "");
      if (record.runs.length > 0) jobs.push(record);
    }
  }
  if (jobs.length === 0) throw new Unavailable("none has run");
  return { jobs, upSeconds: parseDecimal((await ifThere(host.readProc("uptime")))?.split(" ", 1)[0]) };
}

const standings = ({ jobs, upSeconds, atMs }: Jobs) =>
  jobs.flatMap((record) => {
    // A reader that keeps nothing has no time of its own: the last thing that happened is now.
    const nowMs = atMs ?? Math.max(...record.runs.map(({ startedAt, endedAt }) => endedAt ?? startedAt));
    const standing = judgeJob(record, nowMs, upSeconds === null ? null : nowMs - upSeconds * 1000);
    return standing === null ? [] : [{ ...standing, job: record.job, lastLines: record.lastLines }];
  });

const isFailed = ({ state }: JobStanding) => state === "failed" || state === "unfinished";
const judged = ["job_failed", "job_late", "job_slow"] as const;

function describeJob(
  { job, lastLines, ...standing }: ReturnType<typeof standings>[number],
  { jobs: words }: RowWords,
): Row<(typeof judged)[number]> {
  const isBad = isFailed(standing) || standing.isLate || standing.isSlow;
  return {
    label: job,
    lines: [words.standing(standing), ...(standing.state === "failed" ? lastLines.slice(-1) : [])],
    importance: isBad ? "notable" : "core",
    about: judged.map((name) => observationKey({ name, labels: { job } })),
  };
}

/** How the owner's cron jobs went. */
export const jobs = defineMetric({
  order: 165,
  title: (words) => words.jobs.title,
  schema,
  definitions: {
    job_failed: gauge("count", "1 when its last run failed, or ended with the machine."),
    job_late: gauge("count", "1 when it did not begin when it usually does."),
    job_slow: gauge("count", "1 when it takes more than twice as long as usual."),
    job_seconds: gauge("seconds", "How long the last run took, or has taken so far."),
    job_age_seconds: gauge("seconds", "Since its last run ended, or began if it runs."),
  },
  collect: collectJobs,
  carry: (now, _before, atMs) => ({ ...now, atMs }),
  observe: (now) =>
    standings(now).flatMap(({ job, ...standing }) => {
      const values = {
        failed: isFailed(standing) ? 1 : 0,
        late: standing.isLate ? 1 : 0,
        slow: standing.isSlow ? 1 : 0,
        seconds: standing.took,
        age_seconds: standing.ago,
      };
      return observations("job", values, { job });
    }),
  describe: (now, _earlier, { words }) => standings(now).map((one) => describeJob(one, words)),
});
