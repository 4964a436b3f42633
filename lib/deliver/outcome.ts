/**
 * What became of one request to Discord; the only word the rest of the program hears of the network.
 *
 * - `delivered`: Discord saved the message under this id; the id is empty when only the status line came through.
 * - `retry`: not delivered, as far as we know. `afterMs` is how long we were asked to wait, `ambiguous` means that
 *   the request had left and the message may have been saved all the same.
 * - `blocked`: this machine is turned away, whatever it sends. Not again in this run, nor before `afterMs` are over.
 * - `uneditable`: the message that was to be edited is gone or takes no more edits; post a new one.
 * - `rejected`: Discord will not take this request, however often it is sent. `webhookGone`: nor any other.
 *
 * `reason` is fit for a person and never holds any part of the address.
 */
export type Outcome =
  | { readonly kind: "delivered"; readonly messageId: string }
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs?: number; readonly ambiguous: boolean }
  | { readonly kind: "blocked"; readonly reason: string; readonly afterMs: number }
  | { readonly kind: "uneditable"; readonly reason: string }
  | { readonly kind: "rejected"; readonly reason: string; readonly webhookGone: boolean };
