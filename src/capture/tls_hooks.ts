/** The TLS programs, in the form that this kernel takes, and the files they are attached to. */
import type { BpfMap } from "../../ffi/bpf_map.ts";
import { BpfObject } from "../../ffi/bpf_object.ts";
import type { Libbpf } from "../../ffi/libbpf.ts";
import type { Libc } from "../../ffi/libc.ts";
import { attachUprobes, BPF_TRACE_UPROBE_MULTI } from "../../ffi/uprobe_multi.ts";
import { llmShapeBytes } from "../targets/llm_shape.ts";
import type { HookPoint } from "../targets/target.ts";
import { attachments } from "./attachments.ts";
import type { Features } from "./feature_names.ts";

const programs = { tls: ["on_enter", "on_return"], aead: ["on_aead_enter", "on_aead_return"] } as const;
/** Made by the TLS object, used by both. */
const sharedMaps = ["calls", "conns", "payload_scratch", "llm_shape", "peeks", "empty_peek"];

interface Detachable extends Disposable {
  /** Without keeping this thread waiting, where that can be had. */
  detachLater(): Promise<void>;
}

/** Several uprobes behind one descriptor. */
class UprobesLink implements Detachable {
  readonly #libc: Libc;
  readonly #fd: number;

  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
  }

  async detachLater(): Promise<void> {
    await this.#libc.symbols.close_later(this.#fd);
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.close(this.#fd);
  }
}

export interface TlsHooksOptions {
  readonly images: { readonly tls: Uint8Array<ArrayBuffer>; readonly aead: Uint8Array<ArrayBuffer> };
  readonly reuse: Readonly<Record<string, BpfMap>>;
  readonly constants: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  readonly features: Pick<Features, "uprobe_multi" | "sleepable">;
  /** Of the maps that the TLS object makes. */
  readonly maxEntries: Readonly<Record<string, number>>;
}

export class TlsHooks implements Disposable {
  readonly #lib: Libbpf;
  readonly #libc: Libc;
  readonly #options: TlsHooksOptions;
  readonly #links = new Map<number, readonly Detachable[]>();
  readonly #tls: BpfObject;
  /** Only when a program needs it. */
  #aead: BpfObject | null = null;

  /** Loads the programs. Throws a sentence with the kernel's reason. */
  constructor({ lib, libc }: { readonly lib: Libbpf; readonly libc: Libc }, options: TlsHooksOptions) {
    this.#lib = lib;
    this.#libc = libc;
    this.#options = options;
    this.#tls = this.#load("tls", options.reuse, options.maxEntries);
    this.#tls.map("llm_shape").set(new Uint8Array(4), llmShapeBytes());
  }

  /** The connections that are followed, by object and process. */
  get connections(): BpfMap {
    return this.#tls.map("conns");
  }

  /** Hooks a file in every process that maps it; all of the hooks or, when it throws, none. */
  attach(path: string, { id, hooks }: { readonly id: number; readonly hooks: readonly HookPoint[] }): void {
    const links: Detachable[] = [];
    using failed = new DisposableStack();
    const hold = (link: Detachable) => void links.push(failed.use(link));
    for (const { program, onReturn, places } of attachments(id, hooks)) {
      const object = program.startsWith("on_aead") ? this.#aead ??= this.#loadAead() : this.#tls;
      if (this.#options.features.uprobe_multi) {
        const offsets = places.map(({ offset }) => offset);
        const cookies = places.map(({ cookie }) => cookie);
        const programFd = object.programFd(program);
        const fd = attachUprobes(this.#libc, { programFd, path, offsets, cookies, onReturn });
        hold(new UprobesLink(this.#libc, fd));
      } else {
        for (const place of places) hold(object.attachUprobe(program, { path, onReturn, ...place }));
      }
    }
    failed.move();
    this.#links.set(id, links);
  }

  /** Takes a library's hooks off again. Resolves when nobody runs their programs any more: some 0.1 s. */
  async detach(id: number): Promise<void> {
    const links = this.#links.get(id) ?? [];
    this.#links.delete(id);
    await Promise.all(links.map((link) => link.detachLater()));
  }

  /** All of them at once: the kernel's waits then pass together. */
  async detachAll(): Promise<void> {
    await Promise.all([...this.#links.keys()].map((id) => this.detach(id)));
  }

  #loadAead(): BpfObject {
    const own = Object.fromEntries(sharedMaps.map((name) => [name, this.#tls.map(name)]));
    return this.#load("aead", { ...this.#options.reuse, ...own });
  }

  #load(
    name: "tls" | "aead",
    reuse: Readonly<Record<string, BpfMap>>,
    maxEntries: Readonly<Record<string, number>> = {},
  ): BpfObject {
    const { uprobe_multi, sleepable } = this.#options.features;
    return BpfObject.load(this.#lib, this.#options.images[name], {
      name,
      reuse,
      maxEntries,
      constants: this.#options.constants,
      ...(sleepable ? { sleepable: programs[name] } : {}),
      ...(uprobe_multi
        ? { attachTypes: Object.fromEntries(programs[name].map((p) => [p, BPF_TRACE_UPROBE_MULTI])) }
        : {}),
    });
  }

  [Symbol.dispose](): void {
    for (const links of this.#links.values()) for (const link of links) link[Symbol.dispose]();
    this.#links.clear();
    this.#aead?.[Symbol.dispose]();
    this.#tls[Symbol.dispose]();
  }
}
