/** A copy of a program with nothing in it that a list of known files could know it by. */

/** Of an ELF note: a name of 4 bytes, 20 of content, NT_GNU_BUILD_ID, "GNU". */
const noteHead = "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0";
/** The linkers put notes right behind the headers. */
const SEARCHED_BYTES = 64 * 1024;

export function copyAnonymously(from: string, to: string): void {
  Deno.copyFileSync(from, to);
  using file = Deno.openSync(to, { read: true, write: true });
  const start = new Uint8Array(SEARCHED_BYTES);
  file.readSync(start);
  const note = new TextDecoder("latin1").decode(start).indexOf(noteHead);
  if (note === -1) return;
  file.seekSync(note + noteHead.length, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(20));
}
