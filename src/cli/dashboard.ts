/** The web page of a trace or of a recording. */
import type { Info } from "../server/api.ts";
import { createApp } from "../server/app.ts";
import { assets } from "../server/assets.ts";
import { Hub } from "../server/hub.ts";
import { listen } from "../server/listen.ts";
import type { Queries } from "../store/queries.ts";

export interface Dashboard {
  readonly hub: Hub;
  /** With the token that opens it. */
  readonly url: string;
  /** The port asked for was taken. */
  readonly moved: boolean;
  stop(): Promise<void>;
}

export interface DashboardOptions {
  readonly queries: Queries;
  readonly port: number;
  readonly info: () => Info;
}

/** Throws when no port is free. */
export function openDashboard({ queries, port, info }: DashboardOptions): Dashboard {
  const token = crypto.getRandomValues(new Uint8Array(18)).toBase64({ alphabet: "base64url" });
  const hub = new Hub();
  const app = createApp({ queries, hub, token, info, assets });
  const listening = listen({ app, port });
  return {
    hub,
    url: `${listening.url}?token=${token}`,
    moved: listening.moved,
    async stop() {
      hub.close();
      await listening.stop();
    },
  };
}
