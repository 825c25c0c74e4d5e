import assert from "node:assert/strict";
import { descriptorOf } from "./strace_descriptor.ts";

Deno.test("descriptors", () => {
  const inet = { family: "inet", addr: "127.0.0.1", port: 80 };
  const cases: [string, unknown][] = [
    ["-1", { fd: -1, path: null }],
    ["0x1", null],
    ["3<\\x2f\\xff>(deleted)", { fd: 3, path: "/\xff", deleted: true }],
    ["AT_FDCWD<\\x2f>", { fd: -100, path: "/" }],
    ["4<\\x2f\\x61<char 1:3>>", { fd: 4, path: "/a", type: "character" }],
    ["4<\\x2f\\x61<char 136:0>>", { fd: 4, path: "/a", type: "tty" }],
    ["5<\\x70\\x69\\x70\\x65\\x3a\\x5b\\x32\\x5d>", { fd: 5, path: "pipe:[2]", type: "pipe" }],
    ["6<TCP:[127.0.0.1:80]>", { fd: 6, path: null, type: "socket", socket: { local: inet } }],
    ["6<TCP:[2300893]>", { fd: 6, path: null, type: "socket", socket: {} }],
    ["6<UDPv6:[[::1]:80->[::1]:81]>", {
      fd: 6,
      path: null,
      type: "socket",
      socket: {
        local: { family: "inet6", addr: "::1", port: 80 },
        peer: { family: "inet6", addr: "::1", port: 81 },
      },
    }],
    ['7<UNIX-STREAM:[1->2,@"\\x61"]>', {
      fd: 7,
      path: null,
      type: "socket",
      socket: { local: { family: "unix", addr: "@a", port: 0 } },
    }],
    ["7<NETLINK:[2302992]>", { fd: 7, path: null, type: "socket", socket: {} }],
    ["8<pid:18533>", { fd: 8, path: null, type: "other", pid: 18533 }],
    ["9<uts:[4026531838]>", { fd: 9, path: "uts:[4026531838]", type: "file" }],
    ["9<anon_inode:[pidfd]>", { fd: 9, path: "anon_inode:[pidfd]", type: "other" }],
  ];
  for (const [text, descriptor] of cases) assert.deepEqual(descriptorOf(text), descriptor, text);
});
