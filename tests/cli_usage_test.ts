/** What is refused before anything is started: a sentence on stderr, nothing on stdout, an exit code of ours. */
import assert from "node:assert/strict";
import { agentsight } from "./support/agentsight.ts";

const junk = Deno.makeTempFileSync({ prefix: "agentsight-junk-", suffix: ".sqlite" });
Deno.writeTextFileSync(junk, "this is no database\n");

const cases: [line: string, code: number, says: string][] = [
  ["frobnicate", 2, "error: unknown command 'frobnicate'\nRun it with --help for the options.\n"],
  ["trace --frob", 2, "error: unknown option '--frob'\nRun it with --help for the options.\n"],
  ["trace --", 2, "agentsight: CMD is missing behind --. Example: sudo agentsight trace -- claude\n"],
  ["trace --pid 4194304", 2, "agentsight: --pid 4194304: there is no such process\n"],
  ["trace --exe /no/such", 2, "agentsight: --exe /no/such: there is no such file\n"],
  ["trace --port 70000", 2, "It must be 0 to 65535."],
  ["trace --ring-control 5000", 2, "It must be a power of two from 4K to 1024M."],
  ["trace --capture some", 2, "Allowed choices are off, meta, redacted, full."],
  ["trace --capture off", 2, "--capture off needs to be told what to watch"],
  [
    "report nonsense",
    2,
    'agentsight: There is no report "nonsense". Reports: summary, tokens, tools, prompts, files, network, processes. Example: agentsight report tokens\n',
  ],
  ["report tokens --by day", 2, "Allowed choices are model, agent, session, provider, conversation."],
  ["report tools --by day", 2, "Allowed choices are tool, model, agent, session."],
  ["report files --by host", 2, "Allowed choices are path, directory, process."],
  ["report network --limit many", 2, "It must be a number of rows, 0 for all."],
  ["report prompts --grep", 2, "error: option '--grep <text>' argument missing"],
  ["report summary /no/such.sqlite", 4, "agentsight: Cannot open /no/such.sqlite: there is no such file."],
  [`report summary ${junk}`, 4, `agentsight: Cannot open ${junk}: it is damaged or not an SQLite file.`],
  [`report tokens ${junk}`, 4, `agentsight: Cannot open ${junk}: it is damaged or not an SQLite file.`],
  [`view ${junk}`, 4, `agentsight: Cannot open ${junk}: it is damaged or not an SQLite file.`],
];

for (const [line, code, says] of cases) {
  Deno.test(`${line.replace(junk, "JUNK")} is refused with ${code}`, async () => {
    const outcome = await agentsight(line.split(" "));
    assert.ok(outcome.stderr.includes(says), outcome.stderr);
    assert.deepEqual([outcome.code, outcome.stdout], [code, ""]);
  });
}

Deno.test.afterAll(() => Deno.removeSync(junk));
