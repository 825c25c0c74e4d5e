/** The server of the traffic that every TLS client must come through: what it is sent, it streams back. */

/** Around a TLS record (16,384), HTTP/2's default frame and windows, and far above all of them. */
const sizes = [1, 100, 1023, 8192, 16_383, 16_384, 16_385, 65_537, 262_144, 1_048_577];
const lastSize = 4 << 20;
const PIECES = 12;

export class EchoServer {
  readonly #count: number;
  readonly #served = new Set<number>();
  /** What went wrong, a sentence each. */
  readonly complaints: string[] = [];

  /** @param count The clients ask for `/echo/0` to `/echo/${count - 1}`, each once. */
  constructor(count: number) {
    this.#count = count;
  }

  /** How many of the requests were answered. */
  get served(): number {
    return this.#served.size;
  }

  /** Of request `i`, and of its answer. */
  bodySize(i: number): number {
    return i === this.#count - 1 ? lastSize : sizes[i % sizes.length]!;
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    const [, name, number] = new URL(request.url).pathname.split("/");
    if (name !== "echo") return new Response("an answer to nobody in particular");
    const i = Number(number);
    const body = new Uint8Array(await request.arrayBuffer());
    if (this.#served.has(i)) this.complaints.push(`request ${i} came twice`);
    if (!this.#isBody(body, i)) this.complaints.push(`request ${i} came changed: ${body.length} bytes`);
    this.#served.add(i);
    return new Response(streamed(body, i));
  };

  /** Byte `j` of body `i` depends on both, so that a chunk in another's place is seen. */
  #isBody(body: Uint8Array, i: number): boolean {
    const size = this.bodySize(i);
    let j = 0;
    while (j < body.length && body[j] === ((i * 131 + j * 31 + (j >> 8) * 7 + (j >> 16)) & 0xff)) j++;
    return j === size && body.length === size;
  }
}

/** In pieces of one odd size; every third answer with pauses, as a model makes them. */
function streamed(body: Uint8Array<ArrayBuffer>, i: number): ReadableStream<Uint8Array> {
  const step = Math.ceil(body.length / PIECES) + i;
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (i % 3 === 0 && at > 0) await new Promise((resolve) => setTimeout(resolve, 1));
      controller.enqueue(body.subarray(at, at += step));
      if (at >= body.length) controller.close();
    },
  });
}
