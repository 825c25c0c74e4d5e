/** What a started program sees: the interpreters of scripts, and rights that its file gives. The files must still be there. */
import { Bytes, type Fields } from "./expected_event.ts";
import type { TracedCall } from "./strace_call.ts";
import type { Credentials } from "./strace_credentials.ts";
import { itemsOf, textOf } from "./strace_text.ts";

const SET_UID = 0o4000;
const SET_GID = 0o2000;
/** As deep as the kernel goes. */
const MAX_INTERPRETERS = 5;

export interface Started {
  readonly fields: Fields;
  readonly credentials: Credentials;
}

/** @param path Index of its argument, and of its directory's. */
export function started(
  call: TracedCall,
  before: Credentials,
  [path, directory]: readonly [number, number?],
): Started {
  const given = call.text(path);
  const byDescriptor = given?.bytes === "" && directory !== undefined
    ? call.file(directory)?.path ?? null
    : null;
  const named = byDescriptor ?? call.absolute(path, directory)?.bytes ?? null;
  let argv = itemsOf(call.arg(path + 1)).map((item) => textOf(item)?.bytes ?? "");
  // Since 5.18 the kernel makes it so.
  if (argv.length === 0) argv = [""];
  let file = named === null ? null : realPath(named);
  let script: string | null = null;
  let as = given?.bytes ?? "";
  for (let depth = 0; file !== null && depth < MAX_INTERPRETERS; depth++) {
    const interpreter = interpreterOf(file);
    if (interpreter === null) break;
    script ??= named;
    argv = [...interpreter, as, ...argv.slice(1)];
    as = interpreter[0]!;
    file = realPath(as);
  }
  const status = file === null ? null : Deno.statSync(file);
  const euid = status && (status.mode! & SET_UID) ? status.uid! : before.euid;
  const egid = status && (status.mode! & SET_GID) ? status.gid! : before.egid;
  const { ruid, rgid } = before;
  const cwd = call.thread.directory.path;
  const fields = {
    exe: file === null ? null : new Bytes(file),
    script: script === null ? undefined : new Bytes(script),
    argv: argv.map((argument) => new Bytes(argument).text),
    argv_truncated: undefined,
    cwd: cwd === null ? null : new Bytes(cwd),
    uid: ruid,
    gid: rgid,
    euid: euid === ruid ? undefined : euid,
    egid: egid === rgid ? undefined : egid,
  };
  return { fields, credentials: { ...before, euid, egid } };
}

function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
}

/** Of a script its interpreter and the one argument that may follow. */
function interpreterOf(file: string): string[] | null {
  const [line = ""] = new TextDecoder().decode(Deno.readFileSync(file).subarray(0, 256)).split("\n");
  const match = /^#!\s*(\S+)(?:\s+(.*?))?\s*$/.exec(line);
  return match ? [match[1]!, ...(match[2] ? [match[2]] : [])] : null;
}
