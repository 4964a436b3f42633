/**
 * What became of one request to Discord; the only word the rest of the program hears of the network.
 *
 * - `delivered`: Discord saved the message under this id.
 * - `retry`: not delivered, as far as we know. `afterMs` is how long Discord asked us to wait, `ambiguous` means that
 *   the request had left and the message may have been saved all the same.
 * - `rejected`: Discord will not take this request, however often it is sent. `webhookGone`: nor any other.
 *
 * `reason` is fit for a person and never holds any part of the address.
 */
export type Outcome =
  | { readonly kind: "delivered"; readonly messageId: string }
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs?: number; readonly ambiguous: boolean }
  | { readonly kind: "rejected"; readonly reason: string; readonly webhookGone: boolean };
