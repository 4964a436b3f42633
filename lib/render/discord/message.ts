/** A field of an embed. */
export interface EmbedField {
  readonly name: string;
  readonly value: string;
  readonly inline: boolean;
}

/** An embed, as far as this program uses it. Source: Discord's documentation of messages, "Embed Object". */
export interface Embed {
  readonly title: string;
  readonly description?: string;
  readonly color?: number;
  readonly fields: readonly EmbedField[];
  readonly footer?: { readonly text: string };
  /** RFC 3339. */
  readonly timestamp?: string;
}

/** The body of "Execute Webhook". */
export interface DiscordMessage {
  readonly username?: string;
  /** The only place from which a mention pings. */
  readonly content?: string;
  readonly embeds: readonly Embed[];
  /** Whom `content` may ping; without it, everybody it names. */
  readonly allowed_mentions?: {
    readonly parse: readonly [];
    readonly roles?: readonly string[];
    readonly users?: readonly string[];
  };
  /** 4096 delivers without a notification. */
  readonly flags?: number;
}
