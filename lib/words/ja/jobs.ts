import type { JobStanding } from "../../model/job.ts";
import { numbers } from "./numbers.ts";

const { duration } = numbers;

export function sayJob(job: JobStanding): string {
  const { state, isLate, isSlow, usualPause, usualTook } = job;
  const usually = (seconds: number | null) => (seconds === null ? "" : `（通常${duration(seconds)}）`);
  if (isLate) return `${duration(job.pause)}未実行（通常${duration(usualPause ?? 0)}ごと）`;
  if (state === "failed") return `${duration(job.ago)}前に失敗（終了コード ${job.exit}）`;
  if (state === "unfinished") return "実行中にマシンが停止";
  if (state === "running") return `実行中（${duration(job.took)}経過）${isSlow ? usually(usualTook) : ""}`;
  return `${duration(job.ago)}前に正常終了（所要${duration(job.took)}）${isSlow ? usually(usualTook) : ""}`;
}
