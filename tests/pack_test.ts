import assert from "node:assert/strict";
import { join } from "node:path";

const root = join(import.meta.dirname!, "..");
const dir = Deno.makeTempDirSync({ prefix: "agentsight-pack-test-" });
const program = join(dir, "agent sight");
const nobody = 65534;
const text = new TextDecoder();

interface Start {
  readonly cache?: string;
  readonly env?: Record<string, string>;
  readonly file?: string;
}

/** As an ordinary user: root's cache is at a fixed place. */
function start(
  args: string[],
  { cache = emptyCache(), env = {}, file = program }: Start = {},
): Deno.ChildProcess {
  return new Deno.Command(file, {
    args,
    cwd: dir,
    uid: nobody,
    gid: nobody,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent", XDG_CACHE_HOME: cache, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function emptyCache(): string {
  const cache = Deno.makeTempDirSync({ dir, prefix: "cache " });
  Deno.chownSync(cache, nobody, nobody);
  return cache;
}

async function outcome(child: Deno.ChildProcess): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test.beforeAll(() => {
  const fixtures = join(root, "tests/fixtures/pack");
  const entries = [
    "--main",
    join(fixtures, "main.ts"),
    "--worker",
    join(fixtures, "worker.ts"),
    "--resolver",
    "",
  ];
  const { success, stdout } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/pack.ts", ...entries, "--out", program, "--force-pack"],
    cwd: root,
    stderr: "inherit",
  }).outputSync();
  assert.ok(success);
  assert.match(text.decode(stdout), /MB, self-extracting \(--force-pack\)\n$/);
  Deno.chmodSync(dir, 0o755);
});

Deno.test.afterAll(() => Deno.removeSync(dir, { recursive: true }));

Deno.test("arguments, directory, umask and environment arrive as they were given", async () => {
  const args = ["show", "two words", "", "line\nbreak", "--help", "$HOME `id`", "'\"\\", "ü"];
  const { code, stdout, stderr } = await outcome(start(args, { env: { DENO_DIR: "/theirs", A: "1\n2" } }));
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const shown = JSON.parse(stdout);
  assert.deepEqual(shown.args, args);
  assert.equal(shown.cwd, dir);
  assert.equal(shown.main, true);
  assert.equal(shown.note, "raw import");
  assert.equal(shown.umask, Deno.umask());
  assert.equal(shown.worker, "from the worker");
  const { XDG_CACHE_HOME: _, PWD: _pwd, OLDPWD: _old, ...env } = shown.env;
  assert.deepEqual(env, { PATH: "/usr/bin:/bin", HOME: "/nonexistent", DENO_DIR: "/theirs", A: "1\n2" });
});

Deno.test("variables of the packed runtime do not reach the program", async () => {
  const { stdout } = await outcome(start(["show"]));
  assert.deepEqual(Object.keys(JSON.parse(stdout).env).filter((name) => /DENO|AGENTSIGHT/.test(name)), []);
});

Deno.test("exit codes and signals pass", async () => {
  const cache = emptyCache();
  for (const wanted of [0, 1, 42, 255]) {
    assert.equal((await outcome(start(["exit", String(wanted)], { cache }))).code, wanted);
  }
  for (const [signal, expected] of [["SIGTERM", 77], ["SIGKILL", "SIGKILL"]] as const) {
    const child = start(["wait"], { cache });
    const reader = child.stdout.getReader();
    assert.equal(text.decode((await reader.read()).value), "waiting\n");
    child.kill(signal);
    const { code, signal: killed } = await child.status;
    assert.equal(killed ?? code, expected);
    await reader.cancel();
    await child.stderr.cancel();
  }
});

Deno.test("two first starts at once both run and leave one copy", async () => {
  const cache = emptyCache();
  const starts = await Promise.all([1, 2].map(() => outcome(start(["--version"], { cache }))));
  assert.deepEqual(starts, [1, 2].map(() => ({ code: 0, stdout: "0.0.0\n", stderr: "" })));
  assert.equal([...Deno.readDirSync(join(cache, "agentsight"))].length, 1);
});

Deno.test("a start within 300 ms after the first", async () => {
  const cache = emptyCache();
  const times: number[] = [];
  for (let run = 0; run < 6; run++) {
    const begun = performance.now();
    assert.equal((await outcome(start(["--version"], { cache }))).code, 0);
    times.push(Math.round(performance.now() - begun));
  }
  const [first, ...later] = times;
  Deno.stdout.writeSync(new TextEncoder().encode(`first start ${first} ms, later ${later.join(", ")} ms\n`));
  assert.ok(Math.min(...later) <= 300);
});

/** What an attacker could have prepared in the cache, and the reason for refusing it. */
const hostile: [name: string, prepare: (cache: string) => void, reason: RegExp][] = [
  ["somebody else's directory", (cache) => {
    Deno.mkdirSync(join(cache, "agentsight"));
    Deno.chownSync(join(cache, "agentsight"), 12345, 12345);
  }, /agentsight belongs to user 12345/],
  ["a directory writable by others", (cache) => {
    Deno.mkdirSync(join(cache, "agentsight"));
    Deno.chownSync(join(cache, "agentsight"), nobody, nobody);
    Deno.chmodSync(join(cache, "agentsight"), 0o777);
  }, /agentsight is writable by others/],
  ["a link to another place", (cache) => {
    Deno.symlinkSync(emptyCache(), join(cache, "agentsight"));
    new Deno.Command("chown", { args: ["-h", "nobody", join(cache, "agentsight")] }).outputSync();
  }, /agentsight is a symbolic link/],
  ["a replaceable parent", (cache) => Deno.chmodSync(cache, 0o775), /cache .* is writable by others/],
];

for (const [name, prepare, reason] of hostile) {
  Deno.test(`refuses ${name}`, async () => {
    const cache = emptyCache();
    prepare(cache);
    const { code, stdout, stderr } = await outcome(start(["--version"], { cache }));
    assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
    assert.match(stderr, reason);
  });
}

Deno.test("refuses a runtime or program that others could have changed", async () => {
  const cache = emptyCache();
  await outcome(start(["--version"], { cache }));
  const [home] = [...Deno.readDirSync(join(cache, "agentsight"))];
  for (const file of ["deno", "main.js", "capture_worker.js", "pack_env.js", "deno_dir"]) {
    const path = join(cache, "agentsight", home!.name, file);
    const { mode } = Deno.statSync(path);
    Deno.chmodSync(path, mode! | 0o020);
    const { code, stderr } = await outcome(start(["--version"], { cache }));
    assert.equal(code, 3);
    assert.match(stderr, new RegExp(`${file} is writable by others`));
    Deno.chmodSync(path, mode! & 0o777);
  }
});

/** As root, whose cache is /var/cache: in a mount namespace of its own, prepared by `script`. */
async function asRoot(script: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return await outcome(
    new Deno.Command("unshare", {
      args: ["--mount", "sh", "-c", `${script} && exec "$1" --version`, "sh", program, emptyCache()],
      env: { XDG_CACHE_HOME: "/nowhere" },
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
}

/** What root finds at /var/cache, and why it does not start from there. */
const forRoot: [name: string, script: string, reason: RegExp][] = [
  [
    "a program that a user put there",
    'mount -t tmpfs -o mode=755 tmpfs /var/cache && "$1" --version >&2 && chown nobody /var/cache/agentsight/*/main.js',
    /main\.js belongs to user 65534, not 0/,
  ],
  [
    "a directory that belongs to a user",
    'mount --bind "$2" /var/cache',
    /\/var\/cache belongs to user 65534, not 0/,
  ],
  ["a file system without execution", "mount -t tmpfs -o noexec tmpfs /var/cache", /mounted noexec/],
  ["a full disk", "mount -t tmpfs -o size=20m tmpfs /var/cache", /free about 100 MB there/],
];

for (const [name, script, reason] of forRoot) {
  Deno.test(`root refuses ${name}`, async () => {
    const { code, stdout, stderr } = await asRoot(script);
    assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
    assert.match(stderr, reason);
  });
}

Deno.test("root runs it from /var/cache", async () => {
  const { code, stdout, stderr } = await asRoot("mount -t tmpfs tmpfs /var/cache");
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "0.0.0\n", stderr: "" });
});

Deno.test("a damaged file says so and leaves nothing behind", async () => {
  const cache = emptyCache();
  const damaged = join(dir, "damaged");
  const bytes = Deno.readFileSync(program);
  Deno.writeFileSync(damaged, bytes.subarray(0, bytes.length / 2), { mode: 0o755 });
  const { code, stderr } = await outcome(start(["--version"], { cache, file: damaged }));
  assert.equal(code, 3);
  assert.match(
    stderr,
    /Cannot unpack into .*: free about 100 MB there, or fetch .*damaged again/,
  );
  assert.deepEqual([...Deno.readDirSync(join(cache, "agentsight"))], []);
});
