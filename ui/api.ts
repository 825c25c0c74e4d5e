/** The dashboard's transport: one method per path of `src/server/api.ts`. */
import type { Event, LlmCalled, SessionId } from "../src/event.ts";
import type {
  AsOf,
  CallRow,
  EventPage,
  Info,
  ProcessPage,
  ProcessRow,
  SearchHit,
  Summary,
} from "../src/server/api.ts";

export type { AsOf, CallRow, EventPage, Info, ProcessPage, ProcessRow, SearchHit, Summary };
export type { Event, LlmCalled, SessionId };

/** An answer that is not the one asked for. `status` is null when there was no answer at all. */
export class ApiError extends Error {
  constructor(message: string, readonly status: number | null) {
    super(message);
    this.name = "ApiError";
  }
}

export interface CallQuery {
  readonly session?: SessionId | null;
  readonly before?: number;
  readonly limit?: number;
}

export interface EventQuery {
  readonly kind: readonly string[];
  readonly session?: SessionId | null;
  readonly pid?: number;
  readonly after?: number;
  /** Backwards from here; {@link NEWEST} for the last page. */
  readonly before?: number;
  readonly limit?: number;
}

export interface SearchQuery {
  readonly session?: SessionId | null;
  readonly limit: number;
}

/** Above every number there will be. */
export const NEWEST = Number.MAX_SAFE_INTEGER;

export interface Api {
  info(): Promise<Info>;
  summary(): Promise<Summary & AsOf>;
  calls(query?: CallQuery): Promise<readonly CallRow[]>;
  call(id: string): Promise<LlmCalled>;
  processes(session?: SessionId | null): Promise<ProcessPage>;
  events(query: EventQuery): Promise<EventPage>;
  search(text: string, query: SearchQuery): Promise<readonly SearchHit[]>;
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** @throws {ApiError} from every method, with a sentence a person can act on. */
export function createApi(fetcher: Fetch = (url, init) => fetch(url, init)): Api {
  async function get<T>(path: string, query: Readonly<Record<string, unknown>> = {}): Promise<T> {
    let response: Response;
    try {
      response = await fetcher(`/api/${path}${queryString(query)}`, {
        credentials: "same-origin",
        headers: { accept: "application/json" },
      });
    } catch {
      throw new ApiError("AgentSight does not answer", null);
    }
    if (!response.ok) throw new ApiError(await errorText(response), response.status);
    return await response.json() as T;
  }
  return {
    info: () => get("info"),
    summary: () => get("summary"),
    calls: (query = {}) => get("calls", { ...query }),
    call: (id) => get(`calls/${encodeURIComponent(id)}`),
    processes: (session) => get("processes", { session }),
    events: (query) => get("events", { ...query, kind: query.kind.join(",") }),
    search: (q, query) => get("search", { q, ...query }),
  };
}

/** `?a=1&b=2` of the values that are present, or nothing. */
export function queryString(query: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

async function errorText(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status}`;
  try {
    const body: unknown = await response.json();
    if (typeof body === "object" && body !== null && "error" in body && typeof body.error === "string") {
      return body.error;
    }
  } catch {
    return fallback;
  }
  return fallback;
}
