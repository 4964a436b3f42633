import * as v from "valibot";

/** Why there was no answer, or none that may be believed. */
export const NetworkFault = v.picklist([
  "unknownHost",
  "refused",
  "noRoute",
  "closed",
  "timedOut",
  "notHttp",
  "expired",
  "notYetValid",
  "otherHost",
  "selfSigned",
  "untrusted",
  "handshake",
]);
export type NetworkFault = v.InferOutput<typeof NetworkFault>;

/** A server's problem as data, because snapshots keep it and texts have a language. */
export const CheckProblem = v.variant("code", [
  v.object({ code: v.literal("status"), got: v.number(), wanted: v.nullable(v.number()) }),
  v.object({ code: v.literal("noText"), text: v.string() }),
  v.object({ code: v.literal("noAnswer"), seconds: v.number() }),
  v.object({ code: v.literal("noConnection"), seconds: v.number() }),
  v.object({ code: v.literal("redirects"), most: v.number() }),
  v.object({ code: v.literal("badRedirect") }),
  v.object({ code: v.literal("fault"), fault: NetworkFault }),
  /** An error's code, such as `EACCES`; empty where it has none. */
  v.object({ code: v.literal("other"), error: v.string() }),
]);
export type CheckProblem = Readonly<v.InferOutput<typeof CheckProblem>>;
