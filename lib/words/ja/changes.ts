import type { Change } from "../../model/change.ts";
import type { changes as en } from "../en/changes.ts";
import { numbers } from "./numbers.ts";

const { list } = numbers;

const inBrackets = (text: string | null): string => (text === null || text === "" ? "" : `（${text}）`);
const done = { added: "インストール", changed: "更新", removed: "削除" } as const;

function packages(change: Change): string {
  const { action, subject, names, count, after } = change;
  if (count === 1) return `${subject} を${done[action]}${action === "changed" ? inBrackets(after) : ""}`;
  return `パッケージ${count}件を${done[action]}（${list(names.slice(0, 2))} など）`;
}

function many(change: Change): string {
  const { kind, action, names, count } = change;
  const noun = kind === "cron" ? "cronファイル" : kind === "setuid" ? "setuidプログラム" : "ユニット";
  const what = action === "added" ? "追加" : action === "removed" ? "削除" : "変更";
  return `${noun}${count}件を${what}（${list(names.slice(0, 2))} など）`;
}

function unit(change: Change): string {
  const { action, subject, before, after } = change;
  if (action === "added") return `ユニット追加: ${subject}`;
  if (action === "removed") return `ユニット削除: ${subject}`;
  if (after === "enabled") return `ユニット有効化: ${subject}`;
  return before === "enabled" && after === null ? `ユニット無効化: ${subject}` : `ユニット変更: ${subject}`;
}

function program(change: Change): string {
  const { subject, before, after } = change;
  return before === after ? `本プログラムの改変: ${subject}` : `server-metrics を ${after ?? "不明"} に更新`;
}

type Loud = "key" | "user" | "sudo" | "sudoers" | "unit" | "cron" | "port" | "preload" | "setuid";

function quietNews(change: Change & { readonly kind: Exclude<Change["kind"], Loud> }): string {
  const { kind, action, subject, before, after } = change;
  switch (kind) {
    case "package":
      return packages(change);
    case "restart":
      return `${subject.replace(/\.service$/, "")} を再起動`;
    case "reboot":
      return before === after ? "再起動" : `再起動、カーネル ${after ?? "不明"}`;
    case "mount":
      return `${subject} を${action === "removed" ? "アンマウント" : "マウント"}`;
    case "disk":
      return `ディスク ${subject} を${action === "removed" ? "取り外し" : "追加"}`;
    case "address":
      return `アドレス ${subject} を${action === "removed" ? "削除" : "追加"}`;
    case "hostname":
      return `ホスト名を ${after ?? "不明"} に変更`;
    case "timezone":
      return `タイムゾーンを ${after ?? "不明"} に変更`;
    case "program":
      return program(change);
    case "settings":
      return `設定を変更: ${subject}`;
  }
}

function news(change: Change): string {
  const { kind, action, subject, before, after, detail, names } = change;
  if (names.length > 1 && kind !== "package") return many(change);
  switch (kind) {
    case "key":
      return `SSH公開鍵を${action === "removed" ? "削除" : "追加"}: ${subject}`;
    case "user":
      if (action === "changed") return `ログイン設定の変更: ${subject}`;
      return `ログインユーザー${action === "added" ? "追加" : "削除"}: ${subject}`;
    case "sudo":
      return action === "removed"
        ? `root権限の取り消し: ${subject}${inBrackets(before)}`
        : `root権限の付与: ${subject}${inBrackets(after)}`;
    case "sudoers":
      return `sudo権限の${action === "added" ? "追加" : action === "changed" ? "変更" : "削除"}: ${subject}`;
    case "unit":
      return unit(change);
    case "cron":
      return `cronジョブの${action === "added" ? "追加" : action === "changed" ? "変更" : "削除"}: ${subject}`;
    case "port":
      return action === "removed"
        ? `公開ポート終了: ${subject}`
        : `外部公開ポートを追加: ${subject}${inBrackets(detail)}`;
    case "preload":
      return action === "removed" ? `プリロード解除: ${subject}` : `全プログラムへのプリロード追加: ${subject}`;
    case "setuid":
      return action === "removed" ? `setuid解除: ${subject}` : `setuidプログラム追加: ${subject}`;
    case "package":
    case "restart":
    case "reboot":
    case "mount":
    case "disk":
    case "address":
    case "hostname":
    case "timezone":
    case "program":
    case "settings":
      return quietNews({ ...change, kind });
  }
}

export const changes = {
  title: "変更",
  watched: (ports, closed) => `公開ポート${ports}件を把握${closed === 0 ? "" : `、読み取れないファイル${closed}件`}`,
  news,
  because: (text, by) => `${text}（${by}）`,
  detail: (change) => {
    const { kind, subject, after, detail, count } = change;
    const what = after === null || ["sudo", "port", "program"].includes(kind) ? [] : [after];
    const where = detail === null || kind === "port" || detail === subject || detail === after ? [] : [detail];
    const more = count > 1 && kind !== "unit" ? [`計${count}件`] : [];
    return list([...what, ...where, ...more]);
  },
  hint: "心当たりがなければ要確認",
  lately: (entries, more) => `変更: ${[...entries, ...(more === 0 ? [] : [`ほか${more}件`])].join(" · ")}`,
  inAll: (days, count) => `${numbers.count.days(days)}間、変更${count === 0 ? "なし" : `${count}件`}`,
  none: "この期間に検出した変更はありません",
} satisfies typeof en;
