/** A virtual machine that runs one command among the host's files and ends with it. */
import { join } from "node:path";
import type { DebianKernel } from "./debian_kernel.ts";
import { writeInitramfs } from "./initramfs.ts";
import { Unavailable } from "./unavailable.ts";

const MEMORY_MB = 4096;
const CPUS = 2;
/** A kernel needs some seconds to its first program. */
const BEGIN_MS = 20_000;
const QEMU = "qemu-system-x86_64";

export interface Run {
  readonly kernel: DebianKernel;
  /** A shell script; `accelerated`: the processor runs it, and nothing is emulated. */
  readonly command: (accelerated: boolean) => string;
  readonly limit_ms: number;
  readonly notice: (text: string) => void;
}

/** Its output is ours. Resolves with the command's exit code; null when the machine ended without one. */
export async function runInMachine({ kernel, command, limit_ms, notice }: Run): Promise<number | null> {
  const busybox = await program("busybox", "busybox-static");
  await program(QEMU, "qemu-system-x86");
  const directory = await Deno.makeTempDir({ prefix: "agentsight-kernel-" });
  const files = { initramfs: join(directory, "initramfs"), code: join(directory, "code") };
  try {
    const begins = async (accelerated: boolean) => {
      await writeInitramfs(files.initramfs, { kernel, busybox, command: command(accelerated) });
      return await boot(kernel, { files, accelerated, limit_ms, notice });
    };
    if (!(canOpenKvm() && await begins(true))) {
      notice("/dev/kvm cannot be used: everything is emulated, and some ten times slower");
      await begins(false);
    }
    const code = (await Deno.readTextFile(files.code).catch(() => "")).trim();
    return code === "" ? null : Number(code);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

interface Boot {
  readonly files: { readonly initramfs: string; readonly code: string };
  readonly accelerated: boolean;
  readonly limit_ms: number;
  readonly notice: Run["notice"];
}

/** Resolves when the machine has ended, with whether it began: there are machines where /dev/kvm opens and runs nothing. */
async function boot(kernel: DebianKernel, { files, accelerated, limit_ms, notice }: Boot): Promise<boolean> {
  // deno-fmt-ignore
  const args = [
    "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
    "-machine", "q35", "-m", String(MEMORY_MB), "-smp", String(CPUS),
    ...(accelerated ? ["-accel", "kvm", "-cpu", "host"] : ["-accel", "tcg,thread=multi", "-cpu", "max,la57=off"]),
    "-kernel", kernel.image, "-initrd", files.initramfs,
    "-append", "console=ttyS0 quiet loglevel=3 panic=-1 rdinit=/init",
    "-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
    "-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
    "-serial", "stdio", "-serial", `file:${files.code}`,
  ];
  const machine = new Deno.Command(QEMU, { args, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
  let begun = false;
  const end = (why?: string) => {
    if (why) notice(why);
    machine.kill("SIGKILL");
  };
  const late = setTimeout(() => end(`ended after ${limit_ms / 60_000} minutes`), limit_ms);
  const dead = accelerated ? setTimeout(() => begun || end(), BEGIN_MS) : undefined;
  // What the firmware and the loader print says nothing of a kernel.
  let before = "";
  for await (const text of machine.stdout.pipeThrough(new TextDecoderStream())) {
    if (!begun) before += text;
    const at = begun ? 0 : before.indexOf("Linux version");
    if (at < 0) continue;
    await Deno.stdout.write(new TextEncoder().encode(begun ? text : before.slice(at)));
    begun = true;
  }
  await machine.status;
  clearTimeout(late);
  clearTimeout(dead);
  return begun;
}

function canOpenKvm(): boolean {
  try {
    Deno.openSync("/dev/kvm", { read: true, write: true }).close();
    return true;
  } catch {
    return false;
  }
}

/** Installed when it is missing and we may. Throws `Unavailable`. */
async function program(name: string, debian: string): Promise<string> {
  const found = await which(name);
  if (found) return found;
  const args = ["install", "--yes", "--no-install-recommends", debian];
  await new Deno.Command("apt-get", { args, stdin: "null", stdout: "null", stderr: "null" }).output()
    .catch(() => {});
  const installed = await which(name);
  if (!installed) throw new Unavailable(`${name} is missing: apt-get install ${debian}`);
  return installed;
}

async function which(name: string): Promise<string | null> {
  const { success, stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${name}`] }).output();
  return success ? new TextDecoder().decode(stdout).trim() : null;
}
