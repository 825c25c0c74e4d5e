/** Looks through a window of arm64 code for instructions that name an address. */
import { NEAR_BYTES, type ScanWindow } from "./scan_window.ts";

/**
 * An address is made of its page (adrp) and what is added to it, in one step or two and not always side by side: what
 * each register was given last counts.
 */
export const scanArm64: ScanWindow = ({ bytes, address, end }, scan) => {
  const { wanted, references, calls, jumps, values } = scan;
  const last = Math.min(end, bytes.length - 3);
  for (let at = 0; at < last; at += 4) {
    const word = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
    const here = address + at;
    if ((word & 0x7c000000) === 0x14000000) {
      const distance = (word << 6) >> 4;
      if (word < 0) calls.add(here + distance);
      else if (distance > NEAR_BYTES || distance < -NEAR_BYTES) jumps.add(here, here + distance);
    } else if ((word & 0x1f000000) === 0x10000000) {
      const distance = (word << 8 >> 13) * 4 + (word >>> 29 & 3);
      const value = word < 0 ? here - here % 4096 + distance * 4096 : here + distance;
      values[word & 31] = value;
      if (wanted.has(value)) references.add(here, value);
    } else if ((word & 0xffc00000) >>> 0 === 0x91000000) {
      const value = values[word >>> 5 & 31]! + (word >>> 10 & 0xfff);
      values[word & 31] = value;
      if (wanted.has(value)) references.add(here, value);
    } else if ((word & 0xff000000) === 0x54000000 || (word & 0x7e000000) === 0x34000000) {
      const distance = (word << 8 >> 13) * 4;
      if (distance > NEAR_BYTES || distance < -NEAR_BYTES) jumps.add(here, here + distance);
    }
  }
};
