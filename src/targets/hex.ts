/** Addresses and offsets, as evidence shows them. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
