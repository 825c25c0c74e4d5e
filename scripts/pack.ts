/**
 * Make one executable file of the program: `deno run -A scripts/pack.ts`.
 *
 * `deno compile` where its runtime (denort) can be had; otherwise the same bundles and the Deno binary behind a
 * small self-extracting script. Both are made from the same bundled files.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";

interface Parts {
  /** Holds `main.js`, the workers and the BPF objects, each under the name its owner looks for beside itself. */
  readonly dir: string;
  readonly files: readonly string[];
  readonly out: string;
}

const { values } = parseArgs({
  options: {
    main: { type: "string", default: "main.ts" },
    worker: { type: "string", default: "src/capture/worker.ts" },
    resolver: { type: "string", default: "src/capture/resolver_worker.ts" },
    out: { type: "string", default: "dist/agentsight" },
    /** Pack even where `deno compile` would work, so that this way is tested everywhere. */
    "force-pack": { type: "boolean", default: false },
  },
});

const dir = Deno.makeTempDirSync({ prefix: "agentsight-pack-" });
try {
  const files = ["main.js"];
  bundle(values.main, join(dir, "main.js"));
  for (const name of ["worker", "resolver"] as const) {
    if (values[name] === "") continue;
    const file = name === "worker" ? "capture_worker.js" : "resolver_worker.js";
    bundle(values[name], join(dir, file));
    files.push(file);
  }
  const objects = join(import.meta.dirname!, "../dist/bpf");
  for (const { name } of Deno.readDirSync(objects)) {
    if (!name.endsWith(`.${Deno.build.arch}.o`)) continue;
    Deno.copyFileSync(join(objects, name), join(dir, name));
    files.push(name);
  }
  const parts = { dir, files: files.sort(), out: values.out };
  Deno.mkdirSync(join(values.out, ".."), { recursive: true });
  const reason = values["force-pack"] ? "--force-pack" : await compile(parts);
  if (reason !== null) await pack(parts);
  const megabytes = (Deno.statSync(values.out).size / 1e6).toFixed(1);
  const method = reason === null ? "deno compile" : `self-extracting (${reason})`;
  Deno.stdout.writeSync(new TextEncoder().encode(`${values.out}: ${megabytes} MB, ${method}\n`));
} finally {
  Deno.removeSync(dir, { recursive: true });
}

function bundle(entry: string, output: string): void {
  run(Deno.execPath(), ["bundle", "--quiet", "--platform", "deno", "--output", output, entry]);
}

/** Null when it worked, otherwise why it did not. */
async function compile({ dir, files, out }: Parts): Promise<string | null> {
  const unreachable = await missingRuntime();
  if (unreachable !== null) return unreachable;
  const others = files.filter((file) => file !== "main.js").map((file) => join(dir, file));
  const command = new Deno.Command(Deno.execPath(), {
    // Without a code cache, which a compiled program keeps in /tmp, where others could have put one for root.
    args: [
      ...["compile", "--quiet", "--allow-all", "--no-config", "--no-remote", "--no-npm", "--no-code-cache"],
      ...others.flatMap((file) => ["--include", file]),
      ...["--output", out, join(dir, "main.js")],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
  });
  const { success, stderr } = await command.output();
  if (success) return null;
  return `deno compile failed: ${new TextDecoder().decode(stderr).trim().split("\n").at(-1)}`;
}

/** `deno compile` retries a dead download for long: ask first whether the host answers. */
async function missingRuntime(): Promise<string | null> {
  if (Deno.env.has("DENORT_BIN")) return null;
  const archive = `denort-${Deno.build.target}.zip`;
  const url = `https://dl.deno.land/release/v${Deno.version.deno}/${archive}`;
  try {
    const { ok, status } = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(3000) });
    return ok ? null : `${url} answered ${status}`;
  } catch {
    return "dl.deno.land cannot be reached for denort";
  }
}

async function pack({ dir, files, out }: Parts): Promise<void> {
  Deno.copyFileSync(Deno.execPath(), join(dir, "deno"));
  Deno.chmodSync(join(dir, "deno"), 0o755);
  const scripts = import.meta.dirname!;
  Deno.copyFileSync(join(scripts, "pack_env.js"), join(dir, "pack_env.js"));
  const payload = join(dir, "payload.tar.gz");
  // Level 3: 43 MB in 4 s, where the default level takes 7 s for 41.6 MB. Same input, same bytes.
  run("tar", [
    ...["--create", "--file", payload, "--directory", dir, "--use-compress-program", "gzip -3 --no-name"],
    ...["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=go-w"],
    ...["deno", "pack_env.js", ...files],
  ]);
  const bytes = await Deno.readFile(payload);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const stub = Deno.readTextFileSync(join(scripts, "pack_stub.sh"));
  const script = stub
    .replace("@HASH@", digest.slice(0, 32))
    .replace("@PAYLOAD_LINE@", String(stub.split("\n").length));
  // Written beside and renamed: the old file may be running.
  const unfinished = `${out}.new`;
  await Deno.writeFile(unfinished, new Blob([script, bytes]).stream());
  await Deno.chmod(unfinished, 0o755);
  await Deno.rename(unfinished, out);
}

function run(command: string, args: string[]): void {
  const { success, code } = new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  })
    .outputSync();
  if (!success) throw new Error(`Cannot pack: ${command} ${args[0]} ended with code ${code}`);
}
