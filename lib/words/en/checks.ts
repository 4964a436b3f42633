import type { CheckProblem, NetworkFault } from "../../model/host.ts";

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
