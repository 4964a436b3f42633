import type { terminal as english } from "../en/terminal.ts";
import { numbers } from "./numbers.ts";

export const terminal = {
  works: "問題なし",
  runs: "稼働中",
  problems: (problems) => `問題${problems}件`,
  program: (version) => `server-metrics ${version}`,
  absent: (labels) => `この環境になし: ${numbers.list(labels)}`,
} satisfies typeof english;
