/** The parts of libc that Deno does not offer: mapping a ring, waiting for it, formatting a C log line. */

const symbols = {
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  getpagesize: { parameters: [], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32", nonblocking: true },
  // Variadic in C: without O_CREAT it takes no mode.
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i64" },
  // Waiting for the kernel's readers, which many can do at the same time.
  close_later: { name: "close", parameters: ["i32"], result: "i32", nonblocking: true },
  inotify_init1: { parameters: ["i32"], result: "i32" },
  inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  inotify_rm_watch: { parameters: ["i32", "i32"], result: "i32" },
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  // Variadic in C; integer arguments travel alike on x86-64 and arm64.
  syscall: { parameters: ["i64", "i64", "buffer", "i64"], result: "i64" },
  sched_setscheduler: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  mallopt: { parameters: ["i32", "i32"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
  vsnprintf: { parameters: ["buffer", "usize", "pointer", "pointer"], result: "i32" },
} as const;

export type Libc = Deno.DynamicLibrary<typeof symbols>;

/** Opens the system's C library. */
export function openLibc(): Libc {
  return Deno.dlopen("libc.so.6", symbols);
}
