/** Who asked: the user behind sudo, whose agent it is and who may read the recording. */

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The invoking user; root itself when nobody used sudo. */
export function invokingUser(): User {
  const uid = Number(Deno.env.get("SUDO_UID") ?? Deno.uid() ?? 0);
  return userById(uid) ?? {
    name: Deno.env.get("SUDO_USER") ?? `uid-${uid}`,
    uid,
    gid: Number(Deno.env.get("SUDO_GID") ?? Deno.gid() ?? 0),
    home: "/",
  };
}

function userById(uid: number): User | null {
  for (const line of readPasswd().split("\n")) {
    const [name = "", , id, gid, , home = "/"] = line.split(":");
    if (name !== "" && id !== undefined && Number(id) === uid) return { name, uid, gid: Number(gid), home };
  }
  return null;
}

function readPasswd(): string {
  try {
    return Deno.readTextFileSync("/etc/passwd");
  } catch {
    return "";
  }
}
