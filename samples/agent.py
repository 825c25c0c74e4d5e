#!/usr/bin/env python3
"""The same small agent as agent.mjs, with nothing but Python's standard library.

  python3 agent.py [--api messages|chat|responses] [--plain] [--model NAME] [--workspace DIR] [PROMPT]

ANTHROPIC_BASE_URL (without /v1) or OPENAI_BASE_URL (with /v1), ANTHROPIC_API_KEY or OPENAI_API_KEY, and
SSL_CERT_FILE for a server with its own authority. --plain asks for answers in one piece.
"""

import argparse
import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request

SYSTEM = "You are a careful assistant with a shell. Use the bash tool, then report in one sentence."
PROMPT = "Merge the notes into a sorted report.md, clean up after yourself, and save the list of models."
DESCRIPTION = "Run a command with sh and return what it prints."
PARAMETERS = {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]}
MAX_TURNS = 8


class Messages:
    path = "/messages"

    def history(self, prompt):
        return [{"role": "user", "content": prompt}]

    def body(self, history):
        tool = {"name": "bash", "description": DESCRIPTION, "input_schema": PARAMETERS}
        system = [{"type": "text", "text": SYSTEM}]
        return {"max_tokens": 1024, "system": system, "tools": [tool], "messages": history}

    def answer(self):
        return []

    def whole(self, body):
        return body["content"]

    def add(self, blocks, event):
        if event["type"] == "content_block_start":
            blocks.append(dict(event["content_block"]))
        elif event["type"] == "content_block_delta":
            delta = event["delta"]
            del delta["type"]
            for name, text in delta.items():
                blocks[-1][name] = blocks[-1].get(name, "") + text
            return delta.get("text", "")
        elif event["type"] == "content_block_stop" and blocks[-1]["type"] == "tool_use":
            blocks[-1]["input"] = json.loads(blocks[-1].pop("partial_json", "") or "{}")
        return ""

    def text(self, blocks):
        return "".join(block.get("text", "") for block in blocks)

    def calls(self, blocks):
        return [(block["id"], block["input"]) for block in blocks if block["type"] == "tool_use"]

    def next(self, blocks, results):
        content = [
            {"type": "tool_result", "tool_use_id": id, "content": output, "is_error": failed}
            for id, output, failed in results
        ]
        return [{"role": "assistant", "content": blocks}, {"role": "user", "content": content}]


class Chat:
    path = "/chat/completions"

    def history(self, prompt):
        return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt}]

    def body(self, history):
        function = {"name": "bash", "description": DESCRIPTION, "parameters": PARAMETERS}
        body = {"messages": history, "tools": [{"type": "function", "function": function}]}
        return body if options.plain else {**body, "stream_options": {"include_usage": True}}

    def answer(self):
        return {"role": "assistant", "content": ""}

    def whole(self, body):
        return body["choices"][0]["message"]

    def add(self, message, chunk):
        delta = chunk["choices"][0]["delta"] if chunk["choices"] else {}
        for call in delta.get("tool_calls", []):
            calls = message.setdefault("tool_calls", [])
            index = call.pop("index")
            if index < len(calls):
                calls[index]["function"]["arguments"] += call["function"]["arguments"]
            else:
                calls.append(call)
        message["content"] += delta.get("content") or ""
        return delta.get("content") or ""

    def text(self, message):
        return message["content"]

    def calls(self, message):
        return [(call["id"], json.loads(call["function"]["arguments"])) for call in message.get("tool_calls", [])]

    def next(self, message, results):
        return [message] + [
            {"role": "tool", "tool_call_id": id, "content": output} for id, output, _ in results
        ]


class Responses:
    path = "/responses"

    def history(self, prompt):
        return [{"role": "user", "content": [{"type": "input_text", "text": prompt}]}]

    def body(self, history):
        tool = {"type": "function", "name": "bash", "description": DESCRIPTION, "parameters": PARAMETERS}
        return {"instructions": SYSTEM, "input": history, "tools": [{**tool, "strict": False}], "store": False}

    def answer(self):
        return []

    def whole(self, body):
        return body["output"]

    def add(self, items, event):
        if event["type"] == "response.output_item.done":
            items.append(event["item"])
        return event["delta"] if event["type"] == "response.output_text.delta" else ""

    def text(self, items):
        parts = [part for item in items if item["type"] == "message" for part in item["content"]]
        return "".join(part["text"] for part in parts)

    def calls(self, items):
        calls = [item for item in items if item["type"] == "function_call"]
        return [(call["call_id"], json.loads(call["arguments"])) for call in calls]

    def next(self, items, results):
        return items + [
            {"type": "function_call_output", "call_id": id, "output": output} for id, output, _ in results
        ]


def ask(api, history):
    body = {"model": model, "stream": not options.plain, **api.body(history)}
    request = urllib.request.Request(base + api.path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        if options.plain:
            answer = api.whole(json.load(response))
            say(api.text(answer))
            return answer
        answer = api.answer()
        for line in response:
            if line.startswith(b"data: ") and line.strip() != b"data: [DONE]":
                say(api.add(answer, json.loads(line[6:])))
        return answer


def run(command):
    origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(base))
    env = {**os.environ, "LLM_ORIGIN": origin, "CURL_CA_BUNDLE": os.environ.get("SSL_CERT_FILE", "")}
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=options.workspace,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout, done.returncode != 0


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def main():
    api = {"messages": Messages, "chat": Chat, "responses": Responses}[options.api]()
    history = api.history(options.prompt)
    say(f"> {options.prompt}\n")
    for _ in range(MAX_TURNS):
        answer = ask(api, history)
        say("\n")
        calls = api.calls(answer)
        if not calls:
            return
        results = []
        for id, tool_input in calls:
            command = tool_input["command"]
            say("".join(f"$ {line}\n" for line in command.split("\n")))
            output, failed = run(command)
            say(output)
            results.append((id, output, failed))
        history += api.next(answer, results)
    sys.exit(f"Cannot finish: still asking for tools after {MAX_TURNS} answers")


parser = argparse.ArgumentParser()
parser.add_argument("--api", choices=["messages", "chat", "responses"], default="messages")
parser.add_argument("--plain", action="store_true")
parser.add_argument("--model")
parser.add_argument("--workspace", default=".")
parser.add_argument("prompt", nargs="?", default=PROMPT)
options = parser.parse_args()
headers = {"content-type": "application/json"}
if options.api == "messages":
    base = os.environ.get("ANTHROPIC_BASE_URL", "https://api.anthropic.com") + "/v1"
    model = options.model or "claude-sonnet-4-5"
    headers["x-api-key"] = os.environ.get("ANTHROPIC_API_KEY", "sk-none")
    headers["anthropic-version"] = "2023-06-01"
else:
    base = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")
    model = options.model or "gpt-4o"
    key = os.environ.get("OPENAI_API_KEY") or os.environ.get("ANTHROPIC_API_KEY", "sk-none")
    headers["authorization"] = f"Bearer {key}"
main()
