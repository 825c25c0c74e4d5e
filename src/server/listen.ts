import type { Hono } from "hono";

const TRIES = 20;
const LOOPBACK = "127.0.0.1";

export interface Listening {
  readonly port: number;
  /** Without the token. */
  readonly url: string;
  /** The port asked for was taken. */
  readonly moved: boolean;
  /** Ends every request, also the streams. */
  stop(): Promise<void>;
}

/** Serves on loopback, at `port` or the next free one; 0 is any free port. */
export function listen({ app, port }: { app: Pick<Hono, "fetch">; port: number }): Listening {
  const controller = new AbortController();
  const last = Math.min(port === 0 ? 0 : port + TRIES, 65_535);
  for (let at = port; at <= last; at++) {
    try {
      const server = Deno.serve(
        { hostname: LOOPBACK, port: at, signal: controller.signal, onListen: () => {} },
        (request) => app.fetch(request),
      );
      const actual = server.addr.port;
      return {
        port: actual,
        url: `http://${LOOPBACK}:${actual}/`,
        moved: port !== 0 && actual !== port,
        stop: async () => {
          controller.abort();
          await server.finished;
        },
      };
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw cannot(port, error);
    }
  }
  throw new Error(
    `Cannot serve the dashboard: ports ${port} to ${last} are taken. Choose another with --port`,
  );
}

function cannot(port: number, error: unknown): Error {
  const cause = error instanceof Error ? error.message : String(error);
  return new Error(`Cannot serve the dashboard on port ${port}: ${cause}. Choose another with --port`, {
    cause: error,
  });
}
