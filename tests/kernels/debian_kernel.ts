/** Debian's kernel as files below dist: the package is unpacked, not installed. */
import { join } from "node:path";
import { Unavailable } from "./unavailable.ts";

export interface DebianKernel {
  readonly image: string;
  /** Where its modules lie. */
  readonly modules: string;
  readonly release: string;
}

/** The kernel that `metapackage` stands for. Throws `Unavailable` without Debian's package lists or their server. */
export async function debianKernel(metapackage: string, dist: string): Promise<DebianKernel> {
  const name = await packageOf(metapackage);
  const directory = join(dist, name);
  if (!exists(join(directory, "boot"))) {
    const download = `${directory}.download`;
    await Deno.mkdir(download, { recursive: true });
    await run(["apt-get", "download", name], { cwd: download });
    const [deb] = [...Deno.readDirSync(download)].map((entry) => entry.name);
    await run(["dpkg-deb", "-x", join(download, deb!), directory]);
    await Deno.remove(download, { recursive: true });
  }
  const release = name.replace("linux-image-", "");
  return {
    release,
    image: join(directory, "boot", `vmlinuz-${release}`),
    modules: join(directory, "lib/modules", release, "kernel"),
  };
}

async function packageOf(metapackage: string): Promise<string> {
  const text = await run(["apt-cache", "depends", "--important", metapackage]);
  const name = /Depends: (linux-image-\S+)/.exec(text)?.[1];
  if (!name) throw new Unavailable(`apt knows no package behind ${metapackage}`);
  return name;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function run(
  [program = "", ...args]: string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  const failed = (reason: string) => new Unavailable(`${program} ${args.join(" ")}: ${reason}`);
  const { success, stdout, stderr } = await new Deno.Command(program, { args, ...options }).output()
    .catch((error: Error) => {
      throw failed(error.message);
    });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw failed(text(stderr).trim());
  return text(stdout);
}
