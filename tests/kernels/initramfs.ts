/** The first files of the machine: busybox, the modules that reach the host's files, what to run. */
import { basename, join } from "node:path";
import type { DebianKernel } from "./debian_kernel.ts";

/** Each after what it depends on. */
const modules = [
  "drivers/virtio/virtio_ring",
  "drivers/virtio/virtio",
  "drivers/virtio/virtio_pci_legacy_dev",
  "drivers/virtio/virtio_pci_modern_dev",
  "drivers/virtio/virtio_pci",
  "net/9p/9pnet",
  "net/9p/9pnet_virtio",
  "fs/netfs/netfs",
  "fs/fscache/fscache",
  "fs/9p/9p",
  "fs/overlayfs/overlay",
  // By them strace knows a socket's addresses.
  "net/ipv4/inet_diag",
  "net/ipv4/tcp_diag",
  "net/ipv4/udp_diag",
  "net/ipv4/raw_diag",
  "net/unix/unix_diag",
  "net/netlink/netlink_diag",
];

const links = ["sh", "cat", "mount", "insmod", "mkdir", "cp", "switch_root", "poweroff"];

/** Writes it as a cpio archive. `command` is a shell script. */
export async function writeInitramfs(
  path: string,
  { kernel, busybox, command }: {
    readonly kernel: DebianKernel;
    readonly busybox: string;
    readonly command: string;
  },
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "agentsight-initramfs-" });
  const at = (name: string) => join(root, name);
  for (const name of ["bin", "modules", "proc", "sys", "dev"]) await Deno.mkdir(at(name));
  await Deno.copyFile(busybox, at("bin/busybox"));
  for (const link of links) await Deno.symlink("busybox", at(`bin/${link}`));
  for (const module of modules) {
    await Deno.copyFile(`${join(kernel.modules, module)}.ko`, at(`modules/${basename(module)}.ko`));
  }
  await Deno.writeTextFile(at("modules/order"), modules.map((module) => `${basename(module)}\n`).join(""));
  for (const [from, to] of [["init.sh", "init"], ["begin.sh", "begin.sh"]] as const) {
    await Deno.copyFile(join(import.meta.dirname!, "boot", from), at(to));
    await Deno.chmod(at(to), 0o755);
  }
  await Deno.writeTextFile(at("command.sh"), command);
  const { success } = await new Deno.Command("sh", {
    args: ["-c", `find . | "$1" cpio -o -H newc >"$2"`, "sh", busybox, path],
    cwd: root,
    stdout: "null",
    stderr: "null",
  }).output();
  await Deno.remove(root, { recursive: true });
  if (!success) throw new Error(`Cannot write ${path}: busybox cpio failed`);
}
