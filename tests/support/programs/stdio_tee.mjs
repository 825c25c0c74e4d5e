/** `node stdio_tee.mjs FILE PROGRAM ARGS…` runs it and writes what passes in and out to FILE, a JSON line a chunk. */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

const [file, program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });

function tee(dir, from, to) {
  from.on("data", (bytes) => {
    appendFileSync(file, `${JSON.stringify({ dir, base64: bytes.toString("base64") })}\n`);
    to.write(bytes);
  });
  from.on("end", () => to.end());
}

tee("in", process.stdin, child.stdin);
tee("out", child.stdout, process.stdout);
