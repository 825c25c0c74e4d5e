import assert from "node:assert/strict";
import { openLibc } from "../../ffi/libc.ts";
import { bootTime } from "./clock.ts";
import { procProcesses } from "./proc_processes.ts";

Deno.test("every running process, with its parent, user and start", async () => {
  const before = Date.now() * 1000;
  const child = new Deno.Command("sleep", { args: ["60"], stdin: "null" }).spawn();
  try {
    const list = procProcesses(bootTime(openLibc()));
    const found = list.find(({ pid }) => pid === child.pid);
    assert.deepEqual({ ...found, start: 0, comm: "" }, {
      pid: child.pid,
      ppid: Deno.pid,
      uid: Deno.uid(),
      comm: "",
      start: 0,
    });
    // A tick early at most, and what the two clocks are apart.
    assert.ok(found!.start > before - 20_000 && found!.start < Date.now() * 1000);
    assert.ok(list.some(({ pid }) => pid === 1));
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
});
