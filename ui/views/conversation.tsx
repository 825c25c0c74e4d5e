/** What was sent to the model and what it answered. */
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import type { LlmCalled, Message } from "../../src/event.ts";
import { plural } from "../models/format.ts";
import type { McpExchange } from "../models/mcp.ts";
import { Parts, ToolCall } from "./parts.tsx";
import { TextBlock } from "./text_block.tsx";

/** A longer conversation shows at first what is new in this call; its end, when that is not known. */
const SHOWN_MESSAGES = 6;

interface ConversationProps {
  readonly call: LlmCalled;
  /** What carried out its tool uses. */
  readonly mcp: readonly McpExchange[];
}

export function Conversation({ call, mcp }: ConversationProps) {
  const { system, messages, tools } = call.request;
  const [all, setAll] = useState(false);
  const known = typeof call.appended === "number" ? Math.max(messages.length - call.appended, 0) : null;
  const short = messages.length <= SHOWN_MESSAGES;
  const hidden = all || short ? 0 : known ?? messages.length - SHOWN_MESSAGES;
  return (
    <div class="conversation">
      {system.length > 0 && (
        <details class="fold">
          <summary>System prompt</summary>
          <Parts parts={system} />
        </details>
      )}
      {tools.length > 0 && (
        <details class="fold">
          <summary>{plural(tools.length, "tool")} offered</summary>
          <dl class="tool-list">
            {tools.map((tool) => (
              <div key={tool.name}>
                <dt>
                  <code>{tool.name}</code>
                </dt>
                <dd>{tool.description ?? "no description"}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {hidden > 0 && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show {plural(hidden, "earlier message")}
        </button>
      )}
      <HistoryNote call={call} />
      {messages.slice(hidden).map((message, i) => (
        <Fragment key={hidden + i}>
          {known !== null && known > 0 && hidden + i === known && <p class="new-here">New in this call</p>}
          <MessageBlock message={message} />
        </Fragment>
      ))}
      <Answer call={call} mcp={mcp} />
    </div>
  );
}

function HistoryNote({ call: { compacted, request: { history } } }: { readonly call: LlmCalled }) {
  if (history === "missing") {
    return (
      <p class="hint">The provider keeps the conversation before this; its beginning was not recorded.</p>
    );
  }
  if (compacted) {
    return <p class="hint">The history before the new messages was cut or replaced by a summary.</p>;
  }
  if (history === "rebuilt") {
    return (
      <p class="hint">The provider keeps the conversation before this; it is shown as it was recorded.</p>
    );
  }
  return null;
}

function MessageBlock({ message: { role, parts } }: { readonly message: Message }) {
  // Anthropic sends results of tools in the user's name.
  const from = parts.length > 0 && parts.every(({ type }) => type === "tool_call_response") ? "tool" : role;
  return (
    <section class={`message message-${from === "user" ? "user" : "other"}`}>
      <h3>{from}</h3>
      <Parts parts={parts} />
    </section>
  );
}

function Answer({ call: { response }, mcp }: ConversationProps) {
  const shown = new Set(response.parts.flatMap((part) => part.type === "tool_call" ? [part.id] : []));
  const others = response.tool_calls.filter(({ id }) => !shown.has(id));
  return (
    <section class="message message-answer" aria-label="Answer">
      <h3>answer {response.stop_reason !== null && <small>stopped: {response.stop_reason}</small>}</h3>
      {response.parts.length > 0
        ? <Parts parts={response.parts} mcp={mcp} />
        : response.text !== ""
        ? <TextBlock text={response.text} />
        : others.length === 0 && <p class="hint">no content</p>}
      {others.map((tool, i) => <ToolCall key={i} {...tool} mcp={mcp} />)}
    </section>
  );
}
