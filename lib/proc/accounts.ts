import { parseCount } from "./number.ts";

/** A line of /etc/passwd, `passwd(5)`. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: string;
  readonly home: string;
  readonly shell: string;
}

/** Parses /etc/passwd. Lines of another shape, such as those of NIS, are left out. */
export function parsePasswd(text: string): readonly Account[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", , id, gid = "", , home = "", shell = ""] = line.split(":");
    const uid = parseCount(id);
    return name === "" || uid === null ? [] : [{ name, uid, gid, home, shell }];
  });
}

/** Programs that let nobody in; an empty field is /bin/sh. */
const closed = /\/(?:nologin|false|true|sync|shutdown|halt|git-shell)$/;

/** Whether somebody may log in as this user, or it is a second root. */
export const hasLogin = ({ uid, shell }: Account): boolean => uid === 0 || !closed.test(shell);

/** A line of /etc/group, `group(5)`. */
export interface Group {
  readonly name: string;
  readonly gid: string;
  readonly members: readonly string[];
}

export function parseGroups(text: string): readonly Group[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", , gid = "", members = ""] = line.split(":");
    return name === "" ? [] : [{ name, gid, members: members.split(",").filter(Boolean) }];
  });
}
