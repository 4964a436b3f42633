import type { terminal as english } from "../en/terminal.ts";
import { numbers } from "./numbers.ts";

export const terminal = {
  absent: (labels) => `この環境になし: ${numbers.list(labels)}`,
} satisfies typeof english;
