import type { ProbeProblem } from "../../model/probe.ts";
import type { CheckProblem, NetworkFault } from "../../model/problem.ts";

/** Why a server could not be asked, as a clause about it. */
const faults: Readonly<Record<NetworkFault, string>> = {
  unknownHost: "its host is not known to DNS",
  refused: "connection refused",
  noRoute: "no route to it",
  closed: "closed the connection without an answer",
  timedOut: "the connection timed out",
  notHttp: "does not speak HTTP",
  expired: "its certificate has expired",
  notYetValid: "its certificate is not valid yet",
  otherHost: "its certificate belongs to another host",
  selfSigned: "its certificate is self-signed",
  untrusted: "its certificate's issuer is not trusted, or not sent along",
  handshake: "the TLS handshake failed",
};

/** The result of a check, as a clause about the server: `answers 502`. */
export function sayProblem(problem: CheckProblem): string {
  switch (problem.code) {
    case "status":
      return problem.wanted === null ? `answers ${problem.got}` : `answers ${problem.got} instead of ${problem.wanted}`;
    case "noText":
      return `does not contain ${JSON.stringify(problem.text)}`;
    case "noAnswer":
      return `no answer within ${problem.seconds} s`;
    case "noConnection":
      return `no connection within ${problem.seconds} s`;
    case "redirects":
      return `redirects more than ${problem.most} times`;
    case "badRedirect":
      return "redirects to something that is no page";
    case "fault":
      return faults[problem.fault];
    case "other":
      return `could not be asked${problem.error === "" ? "" : ` (${problem.error})`}`;
  }
}

/** Why a probe has no answer, or none that says anything. */
export function sayProbeProblem(problem: ProbeProblem): string {
  switch (problem.code) {
    case "absent":
      return "there is no such program, or this user may not run it";
    case "unsafe":
      return "others may change the program or its script, so root does not run it";
    case "late":
      return `no answer within ${problem.seconds} s`;
    case "noTime":
      return "the other checks took all the time of this run";
    case "tooMuch":
      return `answers with more than ${problem.bytes / 1024} KiB`;
    case "ended":
      return problem.status === null ? "the program was killed" : `the program ended with status ${problem.status}`;
    case "unknown":
      return "the program says that it does not know";
    case "noNumber":
      return "no number in the answer";
    case "noSuch":
      return `no ${problem.take} in the answer`;
    case "several":
      return `${problem.count} numbers for ${problem.take}: name more labels`;
    case "noFile":
      return "there is no such file";
    case "noCertificate":
      return "the file is no certificate";
    case "status":
    case "noText":
    case "noAnswer":
    case "noConnection":
    case "redirects":
    case "badRedirect":
    case "fault":
    case "other":
      return sayProblem(problem);
  }
}
