/** A WebSocket without TLS: socket.ts URL */
const socket = new WebSocket(Deno.args[0]!);
const sizes = [5, 200, 70_000];
socket.onopen = () => sizes.forEach((size) => socket.send("w".repeat(size)));
socket.onmessage = ({ data }) => {
  if (data.length !== sizes.shift()) throw new Error("not what was sent");
  if (sizes.length === 0) socket.close();
};
