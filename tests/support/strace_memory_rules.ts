/** Which events a system call on memory must leave. */
import type { Rule, Rules } from "./strace_call.ts";

const map: Rule = (call) => {
  const protection = call.flags(2),
    flags = call.flags(3),
    [from, length] = [call.call.result ?? 0, call.number(1) ?? 0];
  const anonymous = flags.includes("MAP_ANONYMOUS"), writable = protection.includes("PROT_WRITE");
  const shared = flags.some((flag) => /^MAP_SHARED/.test(flag));
  const done = { bytes: length, result: call.outcome };
  const nameless = anonymous || call.descriptor(4)?.deleted === true;
  if (protection.includes("PROT_EXEC") && (nameless || !shared && writable)) {
    call.tell("process.exec_memory", { call: "mmap", ...done, writable });
  }
  if (shared && writable && !anonymous) call.tellDone("file.mmap", call.opened(4), { bytes: length });
  if (!call.succeeded) return;
  const pristine = !anonymous && (shared || !writable);
  const { process } = call.thread;
  process.mappings = [{ from, to: from + length, pristine }, ...process.mappings];
};

const protect: Rule = (call) => {
  const at = call.number(0) ?? 0, bytes = call.number(1) ?? 0, protection = call.flags(2);
  const writable = protection.includes("PROT_WRITE");
  const { process } = call.thread;
  const mapping = process.mappings.find(({ from, to }) => at >= from && at < to);
  const pristine = mapping?.pristine === true && !writable;
  if (protection.includes("PROT_EXEC") && !pristine) {
    call.tell("process.exec_memory", { call: "mprotect", bytes, writable, result: call.outcome });
  }
  if (mapping && call.succeeded) {
    process.mappings = [{ from: at, to: at + bytes, pristine }, ...process.mappings];
  }
};

export const memoryRules: Rules = {
  mmap: map,
  mmap2: map,
  mprotect: protect,
  memfd_create: (call) => {
    call.tell("process.memfd", { name: call.text(0), result: call.outcome });
    const file = call.succeeded ? call.thread.table.slots.get(call.call.result!)?.file : undefined;
    if (file) file.type = "file";
  },
};
