import type { ProbeProblem } from "../../model/probe.ts";
import type { CheckProblem, NetworkFault } from "../../model/problem.ts";

const faults: Readonly<Record<NetworkFault, string>> = {
  unknownHost: "名前解決失敗",
  refused: "接続拒否",
  noRoute: "到達不可",
  closed: "応答なしで切断",
  timedOut: "接続タイムアウト",
  notHttp: "HTTP以外の応答",
  expired: "証明書の期限切れ",
  notYetValid: "証明書が有効期間前",
  otherHost: "証明書のホスト名不一致",
  selfSigned: "自己署名証明書",
  untrusted: "証明書の発行者が信頼できないか、証明書チェーンが不完全",
  handshake: "TLSハンドシェイク失敗",
};

export function sayProblem(problem: CheckProblem): string {
  switch (problem.code) {
    case "status":
      return problem.wanted === null ? `HTTP ${problem.got}` : `HTTP ${problem.got}（期待値 ${problem.wanted}）`;
    case "noText":
      return `「${problem.text}」が含まれない`;
    case "noAnswer":
      return `${problem.seconds}秒以内に応答なし`;
    case "noConnection":
      return `${problem.seconds}秒以内に接続できず`;
    case "redirects":
      return `リダイレクト${problem.most}回超`;
    case "badRedirect":
      return "不正なリダイレクト";
    case "fault":
      return faults[problem.fault];
    case "other":
      return `確認失敗${problem.error === "" ? "" : `（${problem.error}）`}`;
  }
}

export function sayProbeProblem(problem: ProbeProblem): string {
  switch (problem.code) {
    case "absent":
      return "プログラムがないか、実行権限がない";
    case "unsafe":
      return "他のユーザーが変更できるプログラムまたはスクリプトのため、rootでは実行しない";
    case "late":
      return `${problem.seconds}秒以内に応答なし`;
    case "noTime":
      return "他のチェックに時間がかかり未実行";
    case "tooMuch":
      return `応答が${problem.bytes / 1024} KiBを超過`;
    case "ended":
      return problem.status === null ? "プログラムが強制終了" : `プログラムが終了コード${problem.status}で終了`;
    case "unknown":
      return "プログラムが「不明」と判定";
    case "noNumber":
      return "応答に数値なし";
    case "noSuch":
      return `応答に ${problem.take} なし`;
    case "several":
      return `${problem.take} に該当する数値が${problem.count}個（ラベルの追加が必要）`;
    case "noFile":
      return "ファイルなし";
    case "noCertificate":
      return "証明書として読めないファイル";
    case "status":
    case "noText":
    case "noAnswer":
    case "noConnection":
    case "redirects":
    case "badRedirect":
    case "fault":
    case "other":
      return sayProblem(problem);
  }
}
