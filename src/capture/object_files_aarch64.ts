export { default as aead } from "../../dist/bpf/aead.aarch64.o" with { type: "bytes" };
export { default as process } from "../../dist/bpf/process.aarch64.o" with { type: "bytes" };
export { default as sockets } from "../../dist/bpf/sockets.aarch64.o" with { type: "bytes" };
export { default as tls } from "../../dist/bpf/tls.aarch64.o" with { type: "bytes" };
