/** Something to say about the reporting itself. */
export type Note =
  /** Nothing is remembered between runs. */
  | { readonly kind: "ephemeral"; readonly reason: string }
  /** The state was damaged; this many unsent messages were saved. */
  | { readonly kind: "damaged"; readonly saved: number }
  /** The state in this file is that of another machine. */
  | { readonly kind: "foreign"; readonly file: string }
  /** So many messages were refused for good. */
  | { readonly kind: "refused"; readonly count: number; readonly reason: string }
  | { readonly kind: "heartbeat"; readonly reason: string }
  | { readonly kind: "export"; readonly target: string; readonly reason: string };
