import type {
  Draft,
  HttpExchanged,
  Kind,
  LlmCalled,
  McpMessaged,
  ProcessExeced,
  ProcessRunning,
  ToolCalled,
} from "../event.ts";

/**
 * What the "meta" level keeps of an event: sizes, timing, model, usage, names of tools and files; no text of
 * prompts, answers, tools, errors, headers or queries. A command line says what a tool was told and often the
 * prompt itself (`claude -p …`): only the program's name is kept of it. Names of hosts stay as those of files do: they
 * say where an agent went. Null: nothing is kept.
 */
export function metaOnly(draft: Draft): Draft | null {
  return (META[draft.kind] as (draft: Draft) => Draft | null)(draft);
}

/** One decision for every kind of event; without one for a new kind this does not compile. */
export const META = {
  "process.fork": same,
  "process.thread": same,
  "process.running": programOnly,
  "process.exec": programOnly,
  "process.exec_failed": same,
  "process.exit": same,
  "process.setsid": same,
  "process.cred": same,
  "process.ns": same,
  "process.ptrace": same,
  "process.signal": same,
  "process.memfd": same,
  "process.exec_memory": same,
  "process.kernel": same,
  "process.name": same,
  "file.open": same,
  "file.io": same,
  "file.close": same,
  "file.unlink": same,
  "file.rmdir": same,
  "file.mkdir": same,
  "file.mknod": same,
  "file.rename": same,
  "file.link": same,
  "file.symlink": same,
  "file.truncate": same,
  "file.chmod": same,
  "file.chown": same,
  "file.xattr": same,
  "file.mmap": same,
  "net.socket": same,
  "net.connect": same,
  "net.bind": same,
  "net.listen": same,
  "net.accept": same,
  "net.send": same,
  "net.close": same,
  "net.peer": same,
  "net.host": same,
  "dns.query": same,
  "dns.answer": same,
  "http.exchange": (draft: Draft<HttpExchanged>) => ({
    ...draft,
    url: withoutQuery(draft.url),
    req_headers: {},
    resp_headers: {},
  }),
  "llm.call": callWithoutText,
  "llm.delta": () => null,
  "tool.call": (draft: Draft<ToolCalled>) => ({ ...draft, input: null }),
  "tool.result": same,
  "mcp.message": messageWithoutText,
  loss: same,
  coverage: same,
  resource: same,
} satisfies Record<Kind, (draft: never) => Draft | null>;

function same(draft: Draft): Draft {
  return draft;
}

function programOnly(draft: Draft<ProcessExeced | ProcessRunning>): Draft {
  return { ...draft, argv: draft.argv.slice(0, 1) };
}

function callWithoutText(draft: Draft<LlmCalled>): Draft {
  const { error, request, response } = draft;
  return {
    ...draft,
    endpoint: withoutQuery(draft.endpoint),
    error: error === null ? null : { type: error.type, message: "" },
    request: {
      ...request,
      system: [],
      messages: request.messages.map(({ role }) => ({ role, parts: [] })),
      tools: request.tools.map(({ name }) => ({ name, description: null, parameters: null })),
    },
    response: {
      ...response,
      parts: [],
      text: "",
      tool_calls: response.tool_calls.map(({ id, name }) => ({ id, name, input: null })),
    },
    usage_raw: numbersOf(draft.usage_raw, 0),
  };
}

function messageWithoutText(draft: Draft<McpMessaged>): Draft {
  const { params: _params, result: _result, error: _error, ...rest } = draft;
  return { ...rest, endpoint: draft.endpoint === null ? null : withoutQuery(draft.endpoint) };
}

/** Counts and their names, of what a provider or who poses as one may have put text into. */
function numbersOf(value: unknown, depth: number): unknown {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object" || Array.isArray(value) || depth > 4) return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbersOf(item, depth + 1)]));
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
