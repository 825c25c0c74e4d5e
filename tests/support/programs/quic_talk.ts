/** usage: quic_talk.ts CERTIFICATE KEY CA: says something to itself over QUIC, whose packets the same functions encrypt. */
const [cert = "", key = "", ca = ""] = Deno.args.map((file) => Deno.readTextFileSync(file));
const said = new TextEncoder().encode("POST /v1/messages HTTP/1.1\r\n\r\n");

const server = new Deno.QuicEndpoint({ hostname: "127.0.0.1", port: 0 });
const listener = server.listen({ cert, key, alpnProtocols: ["talk"] });
const answered = answer();
const connection = await Deno.connectQuic({
  ...{ hostname: "localhost", port: server.addr.port, caCerts: [ca], alpnProtocols: ["talk"] },
});
const stream = await connection.createBidirectionalStream();
const writer = stream.writable.getWriter();
await writer.write(said);
await writer.close();
const { value } = await stream.readable.getReader().read();
await answered;
Deno.exit(value?.length === said.length ? 0 : 1);

async function answer(): Promise<void> {
  const accepted = await listener.accept();
  const { value: asked } = await accepted.incomingBidirectionalStreams.getReader().read();
  const { value: heard } = await asked!.readable.getReader().read();
  const back = asked!.writable.getWriter();
  await back.write(heard!);
  await back.close();
}
