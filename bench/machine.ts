/** Where the numbers come from. */
import { openLibbpf } from "../ffi/libbpf.ts";
import { version } from "../src/version.ts";

export function machine(): Record<string, string | number> {
  const info = Deno.readTextFileSync("/proc/cpuinfo");
  const cpu = /^model name\s*: (.*)$/m.exec(info)?.[1] ?? Deno.build.arch;
  const virtual = /\bhypervisor\b/.test(info) ? " (virtual)" : "";
  return {
    cpu: `${cpu}${virtual}`,
    cores: `${navigator.hardwareConcurrency} cores`,
    memory: `${Math.round(Deno.systemMemoryInfo().total / 2 ** 30)} GiB`,
    kernel: `Linux ${Deno.osRelease()}`,
  };
}

export function versions(): Record<string, string> {
  const text = openLibbpf().symbols.libbpf_version_string();
  const libbpf = text === null ? "" : Deno.UnsafePointerView.getCString(text);
  return { agentsight: version, Deno: Deno.version.deno, V8: Deno.version.v8, libbpf };
}
