/** Takes x86-64 instructions apart: prefixes, opcode, operands, immediate; for all but those of AMD's XOP. */

export const RAX = 0, RCX = 1, RDX = 2, RSP = 4, RBP = 5, RSI = 6, RDI = 7;

/** Layout of what follows an opcode, one character each; the key is in {@link tail}. */
type Shape = string;
const oneByte: Shape = [
  "mmmmbzxxmmmmbzxx", // 00: x6, x7 and xe are gone in 64-bit mode; 0f is handled before
  "mmmmbzxxmmmmbzxx",
  "mmmmbzxxmmmmbzxx",
  "mmmmbzxxmmmmbzxx",
  "xxxxxxxxxxxxxxxx", // 40: REX, handled before
  "0000000000000000",
  "xxxmxxxxzZbB0000",
  "bbbbbbbbbbbbbbbb",
  "BZxBmmmmmmmmmmmm",
  "0000000000x00000",
  "aaaa0000bz000000",
  "bbbbbbbbvvvvvvvv",
  "BBw0xxBZe0w00bx0",
  "mmmmxxx0mmmmmmmm",
  "bbbbbbbbddxb0000",
  "x0xx00FG000000mm",
].join("");
const twoByte: Shape = [
  "mmmmx00000x0xm0x", // 00
  "mmmmmmmmmmmmmmmm",
  "mmmmxxxxmmmmmmmm",
  "00000000xxxxxxxx", // 38 and 3a are handled before
  "mmmmmmmmmmmmmmmm",
  "mmmmmmmmmmmmmmmm",
  "mmmmmmmmmmmmmmmm",
  "BBBBmmm0mmmmmmmm",
  "dddddddddddddddd",
  "mmmmmmmmmmmmmmmm",
  "000mBmxx000mBmmm",
  "mmmmmmmmmmBmmmmm",
  "mmBmBBBm00000000",
  "mmmmmmmmmmmmmmmm",
  "mmmmmmmmmmmmmmmm",
  "mmmmmmmmmmmmmmmm",
].join("");

/** Bytes of the immediate by shape; `m`, `B`, `Z`, `F`, `G` come with a ModRM byte. */
function immediateBytes(
  shape: Shape,
  { wide, short, extension }: { wide: boolean; short: boolean; extension: number },
): number {
  switch (shape) {
    case "b":
    case "B":
      return 1;
    case "w":
      return 2;
    case "e":
      return 3;
    case "z":
    case "Z":
      return short ? 2 : 4;
    case "d":
      return 4;
    case "v":
      return wide ? 8 : short ? 2 : 4;
    case "a":
      return 8;
    case "F":
      return extension < 2 ? 1 : 0;
    case "G":
      return extension < 2 ? (short ? 2 : 4) : 0;
    default:
      return 0;
  }
}

export interface Parts {
  readonly bytes: Uint8Array;
  readonly address: number;
  readonly length: number;
  /** Opcode; 0x0f00 and up for the second map, 0x3800 and 0x3a00 for the third ones, -1 for vector encodings. */
  readonly opcode: number;
  readonly wide: boolean;
  /** The operand is 16 bits wide (prefix 66). */
  readonly short: boolean;
  readonly repeat: boolean;
  readonly rexB: number;
  readonly mod: number;
  readonly reg: number;
  readonly rm: number;
  /** Memory operand: base register, -1 for none or more than a base, RIP for relative to the instruction's end. */
  readonly base: number;
  readonly displacement: number;
  readonly immediate: number;
}

export const RIP = 16;
export const NO_BASE = -1;

export function split(bytes: Uint8Array, address: number): Parts | null {
  let at = 0;
  let short = false;
  let repeat = false;
  for (;; at++) {
    const byte = bytes[at];
    if (byte === 0x66) short = true;
    else if (byte === 0xf2 || byte === 0xf3) repeat = true;
    else if (![0x67, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65].includes(byte ?? -1)) break;
    if (at > 10) return null;
  }
  let rex = 0;
  if ((bytes[at]! & 0xf0) === 0x40) rex = bytes[at++]!;
  let opcode = bytes[at++];
  if (opcode === undefined) return null;
  let shape: string;
  if (opcode === 0xc4 || opcode === 0xc5 || opcode === 0x62) {
    const vector = vectorShape(bytes, { at, first: opcode });
    if (vector === null) return null;
    at = vector.at;
    shape = vector.shape;
    rex = vector.rex;
    opcode = -1;
  } else if (opcode === 0x0f) {
    const second = bytes[at++];
    if (second === undefined) return null;
    if (second === 0x38 || second === 0x3a) {
      opcode = second << 8 | (bytes[at++] ?? 0);
      shape = second === 0x38 ? "m" : "B";
    } else {
      opcode = 0x0f00 | second;
      shape = twoByte[second]!;
    }
  } else {
    shape = oneByte[opcode]!;
  }
  if (shape === "x") return null;
  const rexB = (rex & 1) << 3;
  const operand = "mBZFG".includes(shape) ? memory(bytes, { at, rex }) : noOperand;
  if (operand === null) return null;
  at += operand.length;
  const size = immediateBytes(shape, { wide: (rex & 8) !== 0, short, extension: operand.reg & 7 });
  if (at + size > bytes.length || at + size > 15) return null;
  const immediate = signed(bytes, { at, size });
  const { mod, reg, rm, base, displacement } = operand;
  return {
    bytes,
    address,
    length: at + size,
    opcode,
    wide: (rex & 8) !== 0,
    short,
    repeat,
    rexB,
    mod,
    reg,
    rm,
    base,
    displacement,
    immediate,
  };
}

/** VEX and EVEX: 2, 3 or 4 bytes, then an opcode of one of three maps, then always ModRM but for vzeroupper. */
function vectorShape(bytes: Uint8Array, { at, first }: { at: number; first: number }) {
  const [a = 0, b = 0] = [bytes[at], bytes[at + 1]];
  const map = first === 0xc5 ? 1 : first === 0xc4 ? a & 0x1f : a & 7;
  const opcodeAt = at + (first === 0xc5 ? 1 : first === 0xc4 ? 2 : 3);
  const opcode = bytes[opcodeAt];
  if (opcode === undefined || map < 1 || map > 6) return null;
  const second = map === 1 ? twoByte[opcode]! : map === 3 ? "B" : "m";
  const shape = second === "d" ? "m" : second;
  // The register extensions are stored inverted.
  const rex = first === 0xc5 ? (~a >> 5 & 4) : (~a >> 5 & 7) | (first === 0xc4 ? b >> 4 & 8 : 0);
  return { at: opcodeAt + 1, shape, rex };
}

const noOperand = { length: 0, mod: -1, reg: 0, rm: 0, base: NO_BASE, displacement: 0 };

function memory(bytes: Uint8Array, { at, rex }: { at: number; rex: number }): typeof noOperand | null {
  const modrm = bytes[at];
  if (modrm === undefined) return null;
  const mod = modrm >> 6;
  const reg = (modrm >> 3 & 7) | (rex & 4) << 1;
  const rm = (modrm & 7) | (rex & 1) << 3;
  if (mod === 3) return { length: 1, mod, reg, rm, base: NO_BASE, displacement: 0 };
  let length = 1;
  let base = rm;
  let size = mod === 1 ? 1 : mod === 2 ? 4 : 0;
  if ((modrm & 7) === 4) {
    const sib = bytes[at + length++];
    if (sib === undefined) return null;
    const index = (sib >> 3 & 7) | (rex & 2) << 2;
    base = index === 4 ? (sib & 7) | (rex & 1) << 3 : NO_BASE;
    if ((sib & 7) === 5 && mod === 0) {
      base = NO_BASE;
      size = 4;
    }
  } else if ((modrm & 7) === 5 && mod === 0) {
    base = RIP;
    size = 4;
  }
  if (at + length + size > bytes.length) return null;
  return {
    length: length + size,
    mod,
    reg,
    rm,
    base,
    displacement: signed(bytes, { at: at + length, size }),
  };
}

/** A little-endian number of 0, 1, 2, 3, 4 or 8 bytes. */
export function signed(bytes: Uint8Array, { at, size }: { at: number; size: number }): number {
  if (size === 0) return 0;
  if (size === 8) {
    return signed(bytes, { at: at + 4, size: 4 }) * 4294967296 + (signed(bytes, { at, size: 4 }) >>> 0);
  }
  let value = 0;
  for (let i = 0; i < size; i++) value |= bytes[at + i]! << 8 * i;
  return size === 1 ? value << 24 >> 24 : size === 2 ? value << 16 >> 16 : value;
}
