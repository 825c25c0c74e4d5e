/** The stack that programs need, read from the compiled object. */

interface BpfFunction {
  readonly name: string;
  bytes: number;
  readonly calls: Set<string>;
}

export interface Chain {
  readonly bytes: number;
  /** From the program down. */
  readonly functions: readonly string[];
}

/** Kernels before 6.13 give a program and all it calls one stack, and round each frame up. */
export const STACK_BYTES = 512;
const FRAME_BYTES = 32;
const PSEUDO_CALL = 1;

/** The deepest chain of calls of each program. */
export function deepestChains(object: string): Chain[] {
  const functions = functionsOf(object);
  const called = new Set([...functions.values()].flatMap(({ calls }) => [...calls]));
  return [...functions.keys()].filter((name) => !called.has(name)).map((name) => deepest(name, functions));
}

function deepest(name: string, functions: ReadonlyMap<string, BpfFunction>): Chain {
  const { bytes, calls } = functions.get(name)!;
  const below = [...calls].map((callee) => deepest(callee, functions));
  const longest = below.reduce((a, b) => b.bytes > a.bytes ? b : a, { bytes: 0, functions: [] } as Chain);
  const frame = Math.ceil(Math.max(1, bytes) / FRAME_BYTES) * FRAME_BYTES;
  return { bytes: frame + longest.bytes, functions: [`${name} ${frame}`, ...longest.functions] };
}

function functionsOf(object: string): Map<string, BpfFunction> {
  const starts = symbolsOf(object);
  const functions = new Map<string, BpfFunction>();
  let [section, current]: [string, BpfFunction | null] = ["", null];
  let [at, code, frameRegister] = [0, new Uint8Array(), false];
  const calls = (name: string | undefined) => {
    if (name !== undefined && current && name !== current.name) current.calls.add(name);
  };
  for (const line of dump(["-dr", object])) {
    section = /^Disassembly of section (.+):$/.exec(line)?.[1] ?? section;
    const [, index, hex = "", text = ""] = /^\s+(\d+):\s+((?:[0-9a-f]{2}[ \t])+)\s*(.*)$/.exec(line) ?? [];
    if (index !== undefined) {
      [at, code] = [Number(index) * 8, Uint8Array.from(hex.trim().split(" "), (byte) => parseInt(byte, 16))];
      const name = starts.get(`${section} ${at}`);
      if (name !== undefined) functions.set(name, current = { name, bytes: 0, calls: new Set() });
      const used = /\(r10 - (\w+)\)/.exec(text)?.[1] ??
        (frameRegister ? /^r\d \+= -(\w+)$/.exec(text)?.[1] : undefined);
      if (current && used) current.bytes = Math.max(current.bytes, Number(used));
      frameRegister = /= r10$/.test(text);
      if (code[0] === 0x85 && code[1]! >> 4 === PSEUDO_CALL) {
        calls(starts.get(`${section} ${at + 8 + 8 * immediate(code)}`));
      }
      continue;
    }
    const [, kind, symbol] = /R_BPF_64_(32|64)\s+(\S+)/.exec(line) ?? [];
    if (symbol === ".text") {
      calls(starts.get(`.text ${kind === "32" ? 8 * (immediate(code) + 1) : immediate(code)}`));
    } else if (symbol !== undefined && [...starts.values()].includes(symbol)) calls(symbol);
  }
  return functions;
}

/** Functions by section and offset. */
function symbolsOf(object: string): Map<string, string> {
  return new Map(
    dump(["-t", object]).flatMap((line) => {
      const [, offset, section, name] =
        /^([0-9a-f]{16}) .{5} F (\S+)\s[0-9a-f]{16} (?:\.hidden )?(\S+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[`${section} ${parseInt(offset!, 16)}`, name] as const];
    }),
  );
}

function immediate(code: Uint8Array): number {
  return new DataView(code.buffer, code.byteOffset).getInt32(4, true);
}

function dump(args: readonly string[]): string[] {
  const { success, stdout } = new Deno.Command("llvm-objdump", { args: [...args] }).outputSync();
  if (!success) throw new Error(`llvm-objdump ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout).split("\n");
}
