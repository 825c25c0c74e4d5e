/** Servers of local models, scripted, each with the words of its kind, on any listener. */

export interface LocalAnswer {
  readonly path: string;
  readonly question: string;
  readonly text: string;
  readonly reasoning: string;
  readonly input: number;
  readonly output: number;
}

interface Served extends LocalAnswer {
  readonly model: string;
}

interface Kind {
  readonly path: string;
  readonly model: string;
  readonly api: "ollama.chat" | "openai.chat";
  /** What AgentSight calls it. */
  readonly provider: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly lines: (answer: Served) => readonly string[];
}

const usageOf = ({ input, output }: Served) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});
const sse = { "content-type": "text/event-stream" };

/** By the first segment of the path, as a proxy in front of all three would tell them apart. */
export const KINDS: readonly Kind[] = [
  {
    path: "/ollama/api/chat",
    model: "qwen3:8b",
    api: "ollama.chat",
    provider: "ollama",
    headers: { "content-type": "application/x-ndjson" },
    lines: (answer) => [
      ...pieces(answer.reasoning).map((thinking) => ndjson(answer, { content: "", thinking })),
      ...pieces(answer.text).map((content) => ndjson(answer, { content })),
      `${
        JSON.stringify({
          model: answer.model,
          created_at: "2026-11-22T00:00:00Z",
          message: { role: "assistant", content: "" },
          done: true,
          done_reason: "stop",
          total_duration: 9,
          prompt_eval_count: answer.input,
          eval_count: answer.output,
        })
      }\n`,
    ],
  },
  {
    path: "/llama.cpp/v1/chat/completions",
    model: "gemma-3-4b-it-Q4_K_M.gguf",
    api: "openai.chat",
    provider: "llama.cpp",
    headers: { ...sse, server: "llama.cpp" },
    lines: (answer) => {
      const timings = { prompt_n: answer.input, predicted_n: answer.output, predicted_per_second: 42.5 };
      return chunks(answer, { reasoning: "reasoning_content", last: { usage: usageOf(answer), timings } });
    },
  },
  {
    path: "/vllm/v1/chat/completions",
    model: "NousResearch/Hermes-3-Llama-3.1-8B",
    api: "openai.chat",
    // Nothing on the wire is vLLM's alone.
    provider: "openai",
    headers: { ...sse, server: "uvicorn" },
    lines: (answer) => chunks(answer, { reasoning: "reasoning", last: { usage: usageOf(answer) } }),
  },
];

export class LocalModel implements AsyncDisposable {
  readonly answers: LocalAnswer[] = [];
  readonly #server: Deno.HttpServer;

  constructor(where: { readonly hostname: string } | { readonly path: string }) {
    const options = "path" in where ? where : { ...where, port: 0 };
    this.#server = Deno.serve({ ...options, onListen() {} } as Deno.ServeTcpOptions, this.#answer);
  }

  /** 0 of a unix socket. */
  get port(): number {
    const { addr } = this.#server;
    return "port" in addr ? addr.port : 0;
  }

  readonly #answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const kind = KINDS.find(({ path }) => path === pathname);
    if (!kind) return new Response(null, { status: 404 });
    const { messages } = await request.json();
    const question: string = messages.at(-1).content;
    const number = this.answers.length + 1;
    const answer = {
      path: pathname,
      question,
      text: `Answer ${number} – naïve ✓ to: ${question}`,
      reasoning: `It asks: ${question}`,
      input: 100 + number,
      output: 10 + number,
    };
    this.answers.push(answer);
    const encoder = new TextEncoder();
    const lines = kind.lines({ ...answer, model: kind.model });
    const body = ReadableStream.from(lines.map((line) => encoder.encode(line)));
    return new Response(body, { headers: kind.headers });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function ndjson({ model }: Served, message: object): string {
  const created_at = "2026-11-22T00:00:00Z";
  return `${
    JSON.stringify({ model, created_at, message: { role: "assistant", ...message }, done: false })
  }\n`;
}

function chunks(answer: Served, { reasoning, last }: { reasoning: string; last: object }): string[] {
  const chunk = (choices: readonly unknown[], more: object = {}) =>
    `data: ${
      JSON.stringify({
        id: `chatcmpl-${answer.output}`,
        object: "chat.completion.chunk",
        created: 1,
        model: answer.model,
        choices,
        ...more,
      })
    }\n\n`;
  const delta = (delta: object) => chunk([{ index: 0, delta, finish_reason: null }]);
  return [
    delta({ role: "assistant", content: null }),
    ...pieces(answer.reasoning).map((text) => delta({ [reasoning]: text })),
    ...pieces(answer.text).map((content) => delta({ content })),
    chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
    chunk([], last),
    "data: [DONE]\n\n",
  ];
}

function pieces(text: string): string[] {
  return [...text].reduce<string[]>((all, letter, at) => {
    if (at % 7 === 0) all.push("");
    all[all.length - 1] += letter;
    return all;
  }, []);
}
