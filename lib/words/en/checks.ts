import type { ProbeProblem } from "../../model/probe.ts";
import type { CheckProblem, NetworkFault } from "../../model/problem.ts";

/** Why a server could not be asked. */
const faults: Readonly<Record<NetworkFault, string>> = {
  unknownHost: "host not found in DNS",
  refused: "connection refused",
  noRoute: "no route",
  closed: "connection closed without an answer",
  timedOut: "connection timed out",
  notHttp: "not an HTTP answer",
  expired: "certificate expired",
  notYetValid: "certificate not valid yet",
  otherHost: "certificate is for another host",
  selfSigned: "self-signed certificate",
  untrusted: "untrusted or incomplete certificate chain",
  handshake: "TLS handshake failed",
};

/** What is wrong with a page or a port: `HTTP 502`. */
export function sayProblem(problem: CheckProblem): string {
  switch (problem.code) {
    case "status":
      return problem.wanted === null ? `HTTP ${problem.got}` : `HTTP ${problem.got} (expected ${problem.wanted})`;
    case "noText":
      return `does not contain ${JSON.stringify(problem.text)}`;
    case "noAnswer":
      return `no answer within ${problem.seconds} s`;
    case "noConnection":
      return `no connection within ${problem.seconds} s`;
    case "redirects":
      return `more than ${problem.most} redirects`;
    case "badRedirect":
      return "bad redirect";
    case "fault":
      return faults[problem.fault];
    case "other":
      return `check failed${problem.error === "" ? "" : ` (${problem.error})`}`;
  }
}

/** Why a probe has no answer, or none that says anything. */
export function sayProbeProblem(problem: ProbeProblem): string {
  switch (problem.code) {
    case "absent":
      return "no such program, or no permission to run it";
    case "unsafe":
      return "other users can change the program or its script, so root will not run it";
    case "late":
      return `no answer within ${problem.seconds} s`;
    case "noTime":
      return "no time left, the other checks took it all";
    case "tooMuch":
      return `answer larger than ${problem.bytes / 1024} KiB`;
    case "ended":
      return problem.status === null ? "the program was killed" : `the program exited with status ${problem.status}`;
    case "unknown":
      return "the program says UNKNOWN";
    case "noNumber":
      return "no number in the answer";
    case "noSuch":
      return `no ${problem.take} in the answer`;
    case "several":
      return `${problem.count} numbers match ${problem.take}: add more labels`;
    case "noFile":
      return "no such file";
    case "noCertificate":
      return "not a certificate";
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
