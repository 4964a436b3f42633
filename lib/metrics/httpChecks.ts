import * as v from "valibot";

import { significant } from "../format.ts";
import { type Host, Unavailable } from "../model/host.ts";
import { CheckProblem } from "../model/problem.ts";
import { defineMetric, type Row } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import type { MetricSettings } from "../model/settings.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.array(
  v.object({
    check: v.string(),
    /** Null when the page answers as it should. */
    problem: v.nullable(CheckProblem),
    /** Until it answered. */
    seconds: v.nullable(v.number()),
    certificateDays: v.nullable(v.number()),
    /** Days that the certificate must still be valid; 0 for no limit. */
    tlsDays: v.number(),
  }),
);

/**
 * Whether the pages of the settings answer, how fast, and for how long their certificates are good. Source: a GET of each
 * page, and the certificate of its TLS handshake.
 */
export type HttpChecks = v.InferOutput<typeof schema>;
type Checked = HttpChecks[number];

async function collectHttp(host: Host, { http }: MetricSettings): Promise<HttpChecks> {
  if (http.length === 0) throw new Unavailable("none configured");
  return Promise.all(
    http.map(async ({ name, tlsDays, ...check }) => {
      const { certificateLifeDays, ...found } = await host.checkHttp({ name, tlsDays, ...check });
      return { check: name, tlsDays: tlsDays ?? usualDaysOf(certificateLifeDays), ...found };
    }),
  );
}

/** The default of `tlsDays`, and the rule's warning threshold. */
const usualDays = 14;

/** A certificate for six days, which is renewed at three, would always be too short. */
const usualDaysOf = (lifeDays = Infinity) => (lifeDays > 0 ? Math.min(usualDays, lifeDays / 3) : usualDays);

/** The days by the check's own measure; a certificate for a few days presses later than one for a year. */
function pressingDays({ certificateDays, tlsDays }: Checked): number | null {
  return certificateDays === null || tlsDays === 0 ? null : (certificateDays * usualDays) / tlsDays;
}

const judged = ["http_up", "http_certificate_pressing_days"] as const;

function describePage(checked: Checked, words: RowWords): Row<(typeof judged)[number]> {
  const { check, problem, seconds, certificateDays } = checked;
  const endsSoon = (pressingDays(checked) ?? Infinity) < usualDays;
  const answers = words.http.answers(significant(seconds ?? 0));
  const certificate = certificateDays === null ? [] : [words.http.certificate(certificateDays)];
  return {
    label: check,
    lines: [problem === null ? answers : words.problem(problem), ...certificate],
    ...(problem === null ? {} : { number: "down" }),
    importance: problem !== null || endsSoon ? "notable" : "detail",
    about: judged.map((name) => observationKey({ name, labels: { check } })),
  };
}

/** Pages that are to answer, of this machine or another. */
export const httpChecks = defineMetric({
  order: 170,
  title: (words) => words.http.title,
  schema,
  // A second more than the slowest check, which says better what was wrong.
  deadlineMs: ({ http }) => 1000 + 1000 * Math.max(0, ...http.map(({ timeoutSeconds }) => timeoutSeconds)),
  definitions: {
    http_up: gauge("count", "1 when the page answers with the right status and text."),
    http_response_seconds: gauge("seconds", "Time until it answered, redirects included."),
    http_certificate_days: gauge("days", "Time until the certificate ends."),
    http_certificate_pressing_days: gauge("days", "The same, scaled so that the check's tls_days stand at 14."),
  },
  collect: collectHttp,
  observe: (now) =>
    now.flatMap((checked) => {
      const values = {
        up: checked.problem === null ? 1 : 0,
        response_seconds: checked.seconds,
        certificate_days: checked.certificateDays,
        certificate_pressing_days: pressingDays(checked),
      };
      return observations("http", values, { check: checked.check });
    }),
  describe: (now, _earlier, { words }) => now.map((checked) => describePage(checked, words)),
});
