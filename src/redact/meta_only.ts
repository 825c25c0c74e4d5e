import type { Draft } from "../event.ts";

/** What the "meta" level keeps of an event other than `llm.delta`: no text of prompts, answers, tools, headers or queries. */
export function metaOnly(draft: Draft): Draft {
  switch (draft.kind) {
    case "tool.call":
      return { ...draft, input: null };
    case "mcp.message": {
      const { params: _params, result: _result, error: _error, ...rest } = draft;
      return { ...rest, endpoint: draft.endpoint === null ? null : withoutQuery(draft.endpoint) };
    }
    case "http.exchange":
      return { ...draft, url: withoutQuery(draft.url), req_headers: {}, resp_headers: {} };
    case "llm.call":
      return {
        ...draft,
        endpoint: withoutQuery(draft.endpoint),
        error: draft.error === null ? null : { type: draft.error.type, message: "" },
        request: {
          ...draft.request,
          system: [],
          messages: draft.request.messages.map(({ role }) => ({ role, parts: [] })),
          tools: draft.request.tools.map(({ name }) => ({ name, description: null, parameters: null })),
        },
        response: {
          ...draft.response,
          parts: [],
          text: "",
          tool_calls: draft.response.tool_calls.map(({ id, name }) => ({ id, name, input: null })),
        },
      };
    default:
      return draft;
  }
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
