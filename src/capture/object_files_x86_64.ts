export { default as aead } from "../../dist/bpf/aead.x86_64.o" with { type: "bytes" };
export { default as process } from "../../dist/bpf/process.x86_64.o" with { type: "bytes" };
export { default as sockets } from "../../dist/bpf/sockets.x86_64.o" with { type: "bytes" };
export { default as tls } from "../../dist/bpf/tls.x86_64.o" with { type: "bytes" };
