/** The flags of open(2), by name. */

/** Octal, as asm-generic/fcntl.h has them. */
const common: readonly (readonly [number, string])[] = [
  [0o100, "O_CREAT"],
  [0o200, "O_EXCL"],
  [0o400, "O_NOCTTY"],
  [0o1000, "O_TRUNC"],
  [0o2000, "O_APPEND"],
  [0o4000, "O_NONBLOCK"],
  [0o4010000, "O_SYNC"],
  [0o10000, "O_DSYNC"],
  [0o20000, "O_ASYNC"],
  [0o1000000, "O_NOATIME"],
  [0o2000000, "O_CLOEXEC"],
  [0o10000000, "O_PATH"],
];

/** Where machines differ. O_TMPFILE includes O_DIRECTORY. */
const own: Readonly<Record<typeof Deno.build.arch, readonly (readonly [number, string])[]>> = {
  x86_64: [
    [0o20200000, "O_TMPFILE"],
    [0o200000, "O_DIRECTORY"],
    [0o400000, "O_NOFOLLOW"],
    [0o40000, "O_DIRECT"],
    [0o100000, "O_LARGEFILE"],
  ],
  aarch64: [
    [0o20040000, "O_TMPFILE"],
    [0o40000, "O_DIRECTORY"],
    [0o100000, "O_NOFOLLOW"],
    [0o200000, "O_DIRECT"],
    [0o400000, "O_LARGEFILE"],
  ],
};

const names = [...common, ...own[Deno.build.arch]];
const access = ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"];
/** A program uses few combinations; who makes up many gains nothing. */
const MAX_KNOWN = 512;
const known = new Map<number, string>();

/** `O_WRONLY|O_CREAT|O_CLOEXEC`; bits without a name in hexadecimal. */
export function openFlags(flags: number): string {
  let text = known.get(flags);
  if (text === undefined) {
    text = spell(flags);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(flags, text);
  }
  return text;
}

function spell(flags: number): string {
  const parts = [access[flags & 3]!];
  let rest = flags & ~3;
  for (const [bits, name] of names) {
    if ((rest & bits) !== bits) continue;
    parts.push(name);
    rest &= ~bits;
  }
  if (rest !== 0) parts.push(`0x${(rest >>> 0).toString(16)}`);
  return parts.join("|");
}
