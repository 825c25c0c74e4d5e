/** A secret the agent uses is in no event and nowhere in the recording's file, wherever it was said. */
import assert from "node:assert/strict";
import type { Turn } from "../samples/llm/script.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { agentCommand, AgentWorld } from "./support/sample_agent.ts";

/** One with a known shape, and one that is known only from the header it was sent in. */
const keys = {
  "of a known form": `sk-ant-api03-${"aB3dE6gH9".repeat(11).slice(0, 93)}AA`,
  "seen in a header only": "Zq7pL2vXw9Rt4Ky8Nm3Bc6Df1Gh5Js0A",
};
const usage = { input: 10, cacheRead: 0, cacheWrite: 0, output: 10, reasoning: 0 };

for (const [name, key] of Object.entries(keys)) {
  for (const [api, streaming] of [["messages", true], ["chat", true], ["responses", false]] as const) {
    bpfTest(`a key ${name} leaves no trace over ${api}${streaming ? ", streamed" : ""}`, async () => {
      const script: Turn[] = [
        {
          text: `Your key is ${key}, I shall use it.`,
          tools: [{
            name: "bash",
            input: { command: `echo '${key}' > key.txt; printf %s '${key}' '${key}'` },
          }],
          usage,
        },
        { text: `Used ${key}.`, usage },
      ];
      await using world = new AgentWorld(script);
      const db = world.path("events.sqlite");
      const said = name === "of a known form" ? [`Please use ${key} as I told you.`] : [];
      const mode = streaming ? [] : ["--plain"];
      const agent = agentCommand("python3", ["--api", api, ...mode, "--workspace", world.workspace, ...said]);
      const { code, events, stdout, stderr } = await agentsight(
        ["trace", "--json", "--no-server", "--db", db, "--", ...agent],
        { env: world.env(key) },
      );
      assert.equal(code, 0, stderr);
      assert.equal(ofKind(events, "llm.call").length, 2);
      assert.equal(ofKind(events, "tool.result").length, 1);
      const lines = stdout.split("\n").filter((line) => line.includes(key));
      assert.deepEqual(lines.map((line) => JSON.parse(line).kind), []);
      for (const file of [db, `${db}-wal`, `${db}-shm`]) assert.ok(!holds(file, key), file);
      const live = ofKind(events, "llm.delta").map(({ text }) => text).join("");
      assert.ok(!live.includes(key) && !live.includes(key.slice(0, 20)));
    });
  }
}

function holds(file: string, text: string): boolean {
  try {
    return new TextDecoder("latin1").decode(Deno.readFileSync(file)).includes(text);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
