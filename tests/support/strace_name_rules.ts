/** Which events a system call on names and properties of files must leave. */
import type { Kind } from "../../src/event.ts";
import { type Fields, OneOf } from "./expected_event.ts";
import type { Rule, Rules, TracedCall } from "./strace_call.ts";
import { numberOf } from "./strace_text.ts";

/** Octal, without the type of file. */
function mode(call: TracedCall, index: number): Fields {
  const bits = (numberOf(call.flags(index).at(-1)) ?? 0) & 0o7777;
  const octal = bits.toString(8);
  return { mode: new OneOf([octal, `0${octal}`, octal.padStart(4, "0"), octal.padStart(5, "0")]) };
}

function owner(call: TracedCall, index: number): Fields {
  return { uid: call.number(index), gid: call.number(index + 1) };
}

type More = (call: TracedCall) => Fields;

const byName = (kind: Kind, [path, directory]: readonly [number, number?], more?: More): Rule => (call) =>
  call.tellDone(kind, call.named(path, directory), more?.(call));

const byDescriptor = (kind: Kind, more?: More): Rule => (call) =>
  call.tellDone(kind, call.opened(0), more?.(call));

const between = (
  kind: "file.rename" | "file.link",
  [from, fromDirectory]: readonly [number, number?],
  [to, toDirectory]: readonly [number, number?],
): Rule =>
(call) => {
  const names = {
    from: call.absolute(from, fromDirectory),
    to: call.absolute(to, toDirectory),
    path_exact: false,
  };
  const exchange = kind === "file.rename" ? { exchange: call.has(4, "RENAME_EXCHANGE") || undefined } : {};
  call.tellDone(kind, names, exchange);
};

const symlink = (path: readonly [number, number?]): Rule =>
  byName("file.symlink", path, (call) => ({ target: call.text(0) }));

const attribute = (operation: "set" | "remove"): More => (call) => ({ operation, name: call.text(1) });

const length: More = (call) => ({ bytes: call.number(1) });
const modeAt = (index: number): More => (call) => mode(call, index);
const ownerAt = (index: number): More => (call) => owner(call, index);

export const nameRules: Rules = {
  unlink: byName("file.unlink", [0]),
  rmdir: byName("file.rmdir", [0]),
  unlinkat: (call) => byName(call.has(2, "AT_REMOVEDIR") ? "file.rmdir" : "file.unlink", [1, 0])(call),
  mkdir: byName("file.mkdir", [0], modeAt(1)),
  mkdirat: byName("file.mkdir", [1, 0], modeAt(2)),
  mknod: byName("file.mknod", [0], modeAt(1)),
  mknodat: byName("file.mknod", [1, 0], modeAt(2)),
  rename: between("file.rename", [0], [1]),
  renameat: between("file.rename", [1, 0], [3, 2]),
  renameat2: between("file.rename", [1, 0], [3, 2]),
  link: between("file.link", [0], [1]),
  linkat: between("file.link", [1, 0], [3, 2]),
  symlink: symlink([1]),
  symlinkat: symlink([2, 1]),
  truncate: byName("file.truncate", [0], length),
  truncate64: byName("file.truncate", [0], length),
  ftruncate: byDescriptor("file.truncate", length),
  ftruncate64: byDescriptor("file.truncate", length),
  chmod: byName("file.chmod", [0], modeAt(1)),
  fchmod: byDescriptor("file.chmod", modeAt(1)),
  fchmodat: byName("file.chmod", [1, 0], modeAt(2)),
  chown: byName("file.chown", [0], ownerAt(1)),
  chown32: byName("file.chown", [0], ownerAt(1)),
  lchown: byName("file.chown", [0], ownerAt(1)),
  fchown: byDescriptor("file.chown", ownerAt(1)),
  fchownat: (call) => {
    const empty = call.text(1)?.bytes === "" && call.has(4, "AT_EMPTY_PATH");
    (empty ? byDescriptor("file.chown", ownerAt(2)) : byName("file.chown", [1, 0], ownerAt(2)))(call);
  },
  setxattr: byName("file.xattr", [0], attribute("set")),
  lsetxattr: byName("file.xattr", [0], attribute("set")),
  fsetxattr: byDescriptor("file.xattr", attribute("set")),
  removexattr: byName("file.xattr", [0], attribute("remove")),
  lremovexattr: byName("file.xattr", [0], attribute("remove")),
  fremovexattr: byDescriptor("file.xattr", attribute("remove")),
};
