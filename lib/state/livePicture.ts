import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { Shown } from "../past/picture.ts";
import { getValue, liveCard, setValue } from "./keyValue.ts";

/** The picture on the message that is edited in place. */
export interface LivePicture {
  /** Discord's id of the file. */
  readonly id: string;
  readonly shown: Shown;
}

const Remembered = v.object({
  /** The message that it is on; null, like the file's id, until it is known to have arrived. */
  messageId: v.nullable(v.string()),
  id: v.nullable(v.string()),
  /** An edit that was to keep a picture came without it: this message is given a new one each time. */
  isLost: v.boolean(),
  shown: Shown,
});
type Remembered = v.InferOutput<typeof Remembered>;

function remembered(database: Database): Remembered | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Remembered), getValue(database, "live_picture"));
  return parsed.success ? parsed.output : null;
}

const remember = (database: Database, picture: Remembered | null) =>
  setValue(database, "live_picture", picture === null ? null : JSON.stringify(picture));

/** The picture that surely is on the message that this webhook edits; null when there is none that an edit can keep. */
export function livePicture(database: Database, url: string): LivePicture | null {
  const picture = remembered(database);
  if (picture === null || picture.id === null || picture.isLost) return null;
  return picture.messageId === liveCard(database, url) ? { id: picture.id, shown: picture.shown } : null;
}

/** A new one is to be sent. Call it in the transaction that writes the card; null: the card has none. */
export function announcePicture(database: Database, shown: Shown | null): void {
  const unknown = { messageId: null, id: null };
  remember(database, shown === null ? null : { ...unknown, isLost: remembered(database)?.isLost ?? false, shown });
}

/** What became of a card: it was sent with a new picture or was to keep `kept`, and now has the one with this id. */
export function notePicture(
  database: Database,
  messageId: string,
  id: string | null,
  sent: { readonly isNew: boolean; readonly kept: string | null },
): void {
  const picture = remembered(database);
  if (picture === null) return;
  if (sent.isNew) remember(database, { ...picture, messageId, id });
  else if (sent.kept === null) remember(database, null);
  else if (sent.kept !== id) remember(database, { ...picture, isLost: true });
}
