/** The TLS programs, in the best form this kernel takes, and the libraries they are attached to. */
import type { BpfMap } from "../../ffi/bpf_map.ts";
import { BpfObject } from "../../ffi/bpf_object.ts";
import type { Libbpf } from "../../ffi/libbpf.ts";
import type { Libc } from "../../ffi/libc.ts";
import { attachUprobes, BPF_TRACE_UPROBE_MULTI } from "../../ffi/uprobe_multi.ts";
import { llmShapeBytes } from "../targets/llm_shape.ts";
import { openSslHooks } from "../targets/openssl.ts";

const FUNCTION_BITS = 256;
const entry = "on_enter";
const exit = "on_return";

interface Form {
  /** One link for all functions of a library (6.6), or one each. */
  readonly multi: boolean;
  /** Absent pages are brought in (6.0), or their bytes are lost and counted. */
  readonly sleepable: boolean;
}

/** Best first. */
const forms: readonly Form[] = [
  { multi: true, sleepable: true },
  { multi: false, sleepable: true },
  { multi: false, sleepable: false },
];

export interface TlsHooksOptions {
  readonly image: Uint8Array<ArrayBuffer>;
  readonly reuse: Readonly<Record<string, BpfMap>>;
  readonly constants: (sleepable: boolean) => Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

export interface LibraryFunctions {
  readonly id: number;
  /** File offsets by symbol. */
  readonly functions: ReadonlyMap<string, number>;
}

export class TlsHooks implements Disposable {
  readonly #lib: Libbpf;
  readonly #libc: Libc;
  readonly #options: TlsHooksOptions;
  readonly #links = new DisposableStack();
  #form = 0;
  #object: BpfObject;
  #used = false;

  /** Loads the programs. Throws a sentence with the kernel's reason. */
  constructor({ lib, libc }: { readonly lib: Libbpf; readonly libc: Libc }, options: TlsHooksOptions) {
    this.#lib = lib;
    this.#libc = libc;
    this.#options = options;
    this.#object = this.#loadFrom(0);
  }

  get form(): Form {
    return forms[this.#form]!;
  }

  /** Hooks every function of a library, in every process that maps it; all or nothing. */
  attach(path: string, library: LibraryFunctions): void {
    try {
      this.#attach(path, library);
    } catch (error) {
      // A kernel before 6.6 loads the programs and refuses the link: then one link each, from the first library on.
      if (this.#used || !this.form.multi) throw error;
      this.#object[Symbol.dispose]();
      this.#object = this.#loadFrom(this.#form + 1);
      this.#attach(path, library);
    }
    this.#used = true;
  }

  #attach(path: string, { id, functions }: LibraryFunctions): void {
    using links = new DisposableStack();
    // The returns first: an entry without its return would be remembered for nothing.
    for (const onReturn of [true, false]) {
      const hooks = openSslHooks.filter((hook) =>
        functions.has(hook.symbol) && (onReturn ? hook.onReturn : hook.onEntry)
      );
      const places = hooks.map((hook) => ({
        offset: functions.get(hook.symbol) ?? 0,
        cookie: id * FUNCTION_BITS + hook.function,
      }));
      const program = onReturn ? exit : entry;
      if (this.form.multi) {
        const offsets = places.map(({ offset }) => offset);
        const cookies = places.map(({ cookie }) => cookie);
        const programFd = this.#object.programFd(program);
        links.use(attachUprobes(this.#libc, { programFd, path, offsets, cookies, onReturn }));
      } else {
        for (const place of places) {
          links.use(this.#object.attachUprobe(program, { path, onReturn, ...place }));
        }
      }
    }
    this.#links.use(links.move());
  }

  #loadFrom(first: number): BpfObject {
    let reason: unknown;
    for (let i = first; i < forms.length; i++) {
      const form = forms[i]!;
      try {
        const object = BpfObject.load(this.#lib, this.#options.image, {
          name: "tls",
          reuse: this.#options.reuse,
          constants: this.#options.constants(form.sleepable),
          ...(form.sleepable ? { sleepable: [entry, exit] } : {}),
          ...(form.multi
            ? { attachTypes: { [entry]: BPF_TRACE_UPROBE_MULTI, [exit]: BPF_TRACE_UPROBE_MULTI } }
            : {}),
        });
        object.map("llm_shape").set(new Uint8Array(4), llmShapeBytes());
        this.#form = i;
        return object;
      } catch (error) {
        // The simplest form's reason is the kernel's own; the others may only be too new for it.
        reason = error;
      }
    }
    throw reason;
  }

  [Symbol.dispose](): void {
    this.#links.dispose();
    this.#object[Symbol.dispose]();
  }
}
