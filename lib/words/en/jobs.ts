import type { JobStanding } from "../../model/job.ts";
import { numbers } from "./numbers.ts";

const { duration } = numbers;

/** How a job of cron went. */
export function sayJob(job: JobStanding): string {
  const { state, isLate, isSlow, usualPause, usualTook } = job;
  const usually = (seconds: number | null) => (seconds === null ? "" : `, usually ${duration(seconds)}`);
  if (isLate)
    return `has not run for ${duration(job.pause)}, usually every ${duration(usualPause ?? 0).replace(/^1 (?=day)/, "")}`;
  if (state === "failed") return `failed (exit ${job.exit}) ${duration(job.ago)} ago`;
  if (state === "unfinished") return "cut off when the machine went down";
  if (state === "running") return `running for ${duration(job.took)}${isSlow ? usually(usualTook) : ""}`;
  return `ok ${duration(job.ago)} ago, took ${duration(job.took)}${isSlow ? usually(usualTook) : ""}`;
}
