/** Errors of Amazon Bedrock: exceptions among the messages of a stream, or a body with a header for their name. */
import type { Headers } from "../protocol/exchange.ts";
import type { CallError } from "./api.ts";
import { type JsonObject, object, string } from "./json.ts";

/** Null for a message that is an event. */
export function streamedException(message: JsonObject): CallError | null {
  switch (message[":message-type"]) {
    case "exception": {
      const payload = object(message.payload);
      return { type: string(message[":exception-type"]) ?? "exception", message: said(payload) ?? "" };
    }
    case "error":
      return {
        type: string(message[":error-code"]) ?? "error",
        message: string(message[":error-message"]) ?? "",
      };
    default:
      return null;
  }
}

/** `{message}`, in one case or the other. The name of the error is in the head. */
export function bodyError(body: JsonObject): CallError | null {
  const message = said(body);
  return message === null ? null : { type: named(string(body.__type)) ?? "error", message };
}

export function withHead(error: CallError, headers: Headers): CallError {
  const type = named(headers.get("x-amzn-errortype") ?? null);
  return type === null ? error : { ...error, type };
}

/** `Name:http://…` or `com.amazonaws#Name`. */
function named(type: string | null): string | null {
  return type?.replace(/^[^#]*#/, "").replace(/:.*$/s, "") || null;
}

function said(body: JsonObject | null): string | null {
  return string(body?.message) ?? string(body?.Message);
}
