/** Looks through a window of x86-64 code, byte by byte, for instructions that name an address. */
import { NEAR_BYTES, type ScanWindow } from "./scan_window.ts";

const NOTHING = 0, LEA = 1, CALL = 2, JUMP = 3, BRANCH = 4, MOVE = 5;

/** What an opcode byte may begin. */
const meanings = (fixed: boolean) => {
  const table = new Uint8Array(256);
  table[0x8d] = LEA;
  table[0xe8] = CALL;
  table[0xe9] = JUMP;
  table[0x0f] = BRANCH;
  if (fixed) table.fill(MOVE, 0xb8, 0xc0);
  return table;
};

/** Finds too much rather than too little: any byte may be the inside of an instruction. */
export const scanX86: ScanWindow = ({ bytes, address, end }, scan) => {
  const { wanted, references, calls, jumps, fixed } = scan;
  const meaning = meanings(fixed);
  const last = Math.min(end, bytes.length - 6);
  for (let i = 0; i < last; i++) {
    const what = meaning[bytes[i]!]!;
    if (what === NOTHING) continue;
    if (what === LEA) {
      if ((bytes[i + 1]! & 0xc7) !== 5) continue;
      const target = address + i + 6 + read32(bytes, i + 2);
      if (wanted.has(target)) references.add(address + i, target);
    } else if (what === CALL) {
      calls.add(address + i + 5 + read32(bytes, i + 1));
    } else if (what === MOVE) {
      const value = read32(bytes, i + 1) >>> 0;
      if (wanted.has(value)) references.add(address + i, value);
    } else {
      if (what === BRANCH && (bytes[i + 1]! & 0xf0) !== 0x80) continue;
      const size = what === BRANCH ? 6 : 5;
      const distance = read32(bytes, i + size - 4);
      if (distance > NEAR_BYTES || distance < -NEAR_BYTES) {
        const target = address + i + size + distance;
        if (calls.covers(target)) jumps.add(address + i, target);
      }
    }
  }
};

function read32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
}
