import { equal } from "node:assert/strict";
import { systemLibrary } from "./system_library.ts";

for (
  const [path, isSystem] of [
    ["/usr/lib/x86_64-linux-gnu/libc.so.6", true],
    ["/lib/aarch64-linux-gnu/libz.so.1.2.13", true],
    ["/usr/lib64/libcurl.so", true],
    ["/usr/lib/node_modules/@anthropic-ai/claude-code/bin/claude", false],
    ["/usr/lib/python3/dist-packages/grpc/_cython/cygrpc.so", false],
    ["/usr/libexec/agent", false],
    ["/opt/agent/libssl.so.3", false],
  ] as const
) {
  Deno.test(`${path} is ${isSystem ? "" : "not "}one of the system's own libraries`, () => {
    equal(systemLibrary.test(path), isSystem);
  });
}
