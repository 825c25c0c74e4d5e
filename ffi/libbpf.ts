/** libbpf's functions, as its headers declare them (1.0 and later), and how its errors become sentences. */

const symbols = {
  libbpf_version_string: { parameters: [], result: "pointer" },
  libbpf_get_error: { parameters: ["pointer"], result: "i64" },
  libbpf_set_print: { parameters: ["function"], result: "pointer" },
  libbpf_num_possible_cpus: { parameters: [], result: "i32" },

  bpf_object__open_mem: { parameters: ["buffer", "usize", "buffer"], result: "pointer" },
  bpf_object__load: { parameters: ["pointer"], result: "i32" },
  bpf_object__close: { parameters: ["pointer"], result: "void" },
  bpf_object__find_map_by_name: { parameters: ["pointer", "buffer"], result: "pointer" },
  bpf_object__find_program_by_name: { parameters: ["pointer", "buffer"], result: "pointer" },
  bpf_object__next_map: { parameters: ["pointer", "pointer"], result: "pointer" },

  libbpf_find_vmlinux_btf_id: { parameters: ["buffer", "i32"], result: "i32" },

  bpf_prog_load: { parameters: ["i32", "buffer", "buffer", "buffer", "usize", "buffer"], result: "i32" },
  bpf_map_create: { parameters: ["i32", "buffer", "u32", "u32", "u32", "pointer"], result: "i32" },

  bpf_map__name: { parameters: ["pointer"], result: "pointer" },
  bpf_map__fd: { parameters: ["pointer"], result: "i32" },
  bpf_map__max_entries: { parameters: ["pointer"], result: "u32" },
  bpf_map__set_max_entries: { parameters: ["pointer", "u32"], result: "i32" },
  bpf_map__reuse_fd: { parameters: ["pointer", "i32"], result: "i32" },
  bpf_map__set_initial_value: { parameters: ["pointer", "buffer", "usize"], result: "i32" },

  bpf_program__set_autoload: { parameters: ["pointer", "bool"], result: "i32" },
  bpf_program__flags: { parameters: ["pointer"], result: "u32" },
  bpf_program__set_flags: { parameters: ["pointer", "u32"], result: "i32" },
  bpf_program__fd: { parameters: ["pointer"], result: "i32" },
  bpf_program__set_expected_attach_type: { parameters: ["pointer", "u32"], result: "i32" },
  bpf_program__attach: { parameters: ["pointer"], result: "pointer" },
  bpf_program__attach_uprobe_opts: {
    parameters: ["pointer", "i32", "buffer", "usize", "buffer"],
    result: "pointer",
  },
  bpf_program__attach_iter: { parameters: ["pointer", "pointer"], result: "pointer" },
  bpf_iter_create: { parameters: ["i32"], result: "i32" },
  bpf_link__fd: { parameters: ["pointer"], result: "i32" },
  bpf_link__destroy: { parameters: ["pointer"], result: "i32" },

  bpf_map_update_elem: { parameters: ["i32", "buffer", "buffer", "u64"], result: "i32" },
  bpf_map_lookup_elem: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  bpf_map_delete_elem: { parameters: ["i32", "buffer"], result: "i32" },
  bpf_enable_stats: { parameters: ["i32"], result: "i32" },
  bpf_prog_get_fd_by_id: { parameters: ["u32"], result: "i32" },
  bpf_map_get_fd_by_id: { parameters: ["u32"], result: "i32" },
  bpf_obj_get_info_by_fd: { parameters: ["i32", "buffer", "buffer"], result: "i32" },

  bpf_map_get_next_key: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
} as const;

export type Libbpf = Deno.DynamicLibrary<typeof symbols>;

/** Opens the system's libbpf. Throws with the package to install when there is none. */
export function openLibbpf(): Libbpf {
  try {
    return Deno.dlopen("libbpf.so.1", symbols);
  } catch (cause) {
    throw new Error("Cannot open libbpf.so.1: not found or too old. Install it: apt-get install libbpf1", {
      cause,
    });
  }
}

/** A C string for a `buffer` parameter. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}

/** What to do about the errors users meet; the rest are named. */
const advice: Readonly<Record<number, string>> = {
  1: "EPERM: not permitted. Run as root (CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN are needed)",
  2: "ENOENT: this kernel lacks something the program names",
  11: "EAGAIN: interrupted while it was loading. Try again",
  12: "ENOMEM: out of memory or locked-memory limit",
  13: "EACCES: the kernel's verifier refused a program",
  22: "EINVAL: the kernel or libbpf does not know something that was asked for",
  28: "ENOSPC: a kernel limit was reached",
  95: "EOPNOTSUPP: this kernel does not support it",
  4000: "libelf cannot read it. Build it again: make build",
  4001: "it is not a whole BPF object. Build it again: make build",
};

/** A sentence for a negative errno. */
export function errnoText(result: number): string {
  return advice[-result] ?? `errno ${-result}`;
}
