import type { Words } from "./en.ts";

/** The languages; each is loaded only where it is spoken. */
export const languages = {
  en: async (): Promise<Words> => (await import("./en.ts")).en,
  ja: async (): Promise<Words> => (await import("./ja.ts")).ja,
};

export type Language = keyof typeof languages;

/** The language of the locale; English where it is none of ours. */
export function localLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return /^ja(?![a-z])/i.test(locale) ? "ja" : "en";
}
