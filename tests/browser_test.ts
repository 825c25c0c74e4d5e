/**
 * The dashboard in a real browser, on a real trace of the sample agent.
 *
 * Needs root, BPF and Chromium: without them it is skipped and says why; with CI=true that is a failure.
 * `SCREENSHOT=docs/screenshot.png deno test -A --no-check tests/browser_test.ts` makes the README's picture again.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { demoScript, type Turn } from "../samples/llm/script.ts";
import { ScriptedLlm } from "../samples/llm/scripted_llm.ts";
import { DESKTOP, keepScreenshot, missingBrowser, PHONE, TestBrowser } from "./support/browser.ts";
import { latencies, recordLatency } from "./support/latency.ts";
import { TlsTee } from "./support/tls_tee.ts";
import { TracedShell } from "./support/traced_shell.ts";

const MARKUP = `<script>document.title="owned"</script><img src=x onerror='document.title="owned"'>`;
const WORDS = Array.from({ length: 240 }, (_, i) => `step ${i + 1},`).join(" ");
/** The limit from event to screen, in milliseconds. */
const LIMIT = 200;
const PAUSE = 20;

const usage = { input: 30, cacheRead: 0, cacheWrite: 0, output: 700, reasoning: 0 };
const longScript: readonly Turn[] = [
  { text: WORDS, tools: [{ name: "bash", input: { command: "echo no; exit 3" } }], usage },
  { text: `Not done: ${MARKUP}`, usage },
];

const missing = Deno.uid() === 0 ? missingBrowser() : "it needs root";
const isCi = Deno.env.get("CI") === "true";
const ignore = missing !== null && !isCi;
if (ignore) skip(missing);

Deno.test({ name: "the dashboard follows a real agent", ignore }, async (t) => {
  if (missing !== null) return skip(missing);
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-browser-" });
  try {
    await using demo = new TlsTee(new ScriptedLlm(demoScript, { pause: PAUSE }).fetch);
    await using long = new TlsTee(new ScriptedLlm(longScript, { pause: PAUSE }).fetch);
    await using shell = await TracedShell.start(join(dir, "recording.sqlite"));
    if (shell.unable !== null) return skip(shell.unable);
    await using browser = await TestBrowser.launch();
    const page = await browser.open(shell.url, { viewport: DESKTOP, colorScheme: "dark" });
    await page.getByText("No LLM call yet").waitFor();
    await keepScreenshot(page, "empty");
    const agent = (tee: TlsTee, ...args: string[]) => shell.runAgent({ dir, tee, args });

    await t.step("only for who has the token", async () => {
      const { origin } = new URL(shell.url);
      for (const path of ["/", "/app.js", "/api/calls", "/api/stream"]) {
        assert.equal((await fetch(origin + path).then(drained)).status, 401, path);
      }
      assert.equal(page.url(), `${origin}/`);
    });

    await t.step("a finished call is shown with its conversation and its tools", async () => {
      agent(demo);
      await page.locator(".call:not(.call-live)").nth(2).waitFor();
      const first = page.locator(".call:not(.call-live)").last();
      for (const text of ["claude-sonnet-4-5", "Merge the notes", "I'll read the notes", "bash", "OK"]) {
        assert.ok((await first.innerText()).includes(text), text);
      }
      await page.locator(".call a").first().click();
      const detail = page.locator(".detail-pane");
      await detail.getByText("Done ✔").waitFor();
      const told = await detail.innerText();
      for (const text of ["sort notes.txt > draft.md && wc -l draft.md", "3 draft.md", "1,872", "57"]) {
        assert.ok(told.includes(text), text);
      }
      await page.locator(".list-pane").getByText("tool result").first().waitFor();
      await keepScreenshot(page, "call");
      const picture = Deno.env.get("SCREENSHOT");
      if (picture !== undefined) await page.screenshot({ path: picture });
    });

    await t.step("the answer is on the screen while it streams", async () => {
      await recordLatency(page);
      agent(long, MARKUP);
      await page.locator(".call-live a").first().click();
      await page.locator(".detail-pane pre.caret", { hasText: "step 3" }).waitFor();
      await keepScreenshot(page, "live");
      await page.locator(".detail-pane").getByText("exit 3").waitFor();
      await report(page);
    });

    await t.step("markup in prompts and answers stays text", async () => {
      await page.locator(".call:not(.call-live)").nth(4).waitFor();
      await page.locator(".call a").first().click();
      await page.locator(".detail-pane").getByText(`Not done: ${MARKUP}`).waitFor();
      await page.locator(".detail-pane .message-user").getByText(MARKUP).first().waitFor();
      assert.equal(await page.title(), "AgentSight");
      assert.equal(await page.locator("main script, main img").count(), 0);
    });

    await t.step("the process tree has every command with how it ended", async () => {
      await page.getByRole("link", { name: "Processes" }).click();
      for (const [name, end] of [["curl", "exit 0"], ["sort", "exit 0"], ["exit 3", "exit 3"]] as const) {
        const line = page.locator(".tree-item", { hasText: name }).filter({ hasText: end });
        await line.first().waitFor();
      }
      const curl = page.locator(".tree-item", { hasText: "models.json" }).filter({ hasText: "curl" }).last();
      assert.ok(Number(await curl.getAttribute("aria-level")) >= 3);
      await curl.click();
      await page.locator(".event", { hasText: `127.0.0.1:${demo.port}` }).first().waitFor();
      await keepScreenshot(page, "process");
    });

    await t.step("the timeline has bars for processes and calls, and marks", async () => {
      await page.getByRole("link", { name: "Timeline" }).click();
      await page.locator(".call-bar").nth(4).waitFor();
      assert.ok(await page.locator(".life").count() >= 10);
      await page.locator(".mark-write").first().waitFor();
      await page.locator(".mark-remove").first().waitFor();
      await page.locator(".mark-connect").first().waitFor();
      await keepScreenshot(page, "timeline");
    });

    await t.step("a phone shows everything without scrolling sideways", async () => {
      // The address without its token works with the cookie only.
      const phone = await browser.open(shell.url, { viewport: PHONE, colorScheme: "light" });
      for (const [name, ready] of [["Calls", ".call"], ["Timeline", ".lane"], ["Processes", ".tree-item"]]) {
        await phone.getByRole("link", { name: name! }).click();
        await phone.locator(ready!).first().waitFor();
        await assertNoSidewaysScrolling(phone, name!);
        await keepScreenshot(phone, `phone-${name!.toLowerCase()}`);
      }
      await phone.getByRole("link", { name: "Calls" }).click();
      await phone.locator(".call a").first().click();
      await phone.locator(".detail-pane .message-answer").waitFor();
      await assertNoSidewaysScrolling(phone, "Call");
      await keepScreenshot(phone, "phone-call");
      await phone.context().close();
    });

    assert.deepEqual(browser.faults, []);

    await t.step("the page says when the trace has ended, and its recording shows the same", async () => {
      assert.equal(await shell.stop(), 0);
      await page.getByText("The live stream is interrupted.").waitFor();
      await page.goto(await shell.view());
      await page.locator(".call").nth(4).waitFor();
      await page.getByText("Recording").waitFor();
      await keepScreenshot(page, "recording");
    });
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

async function report(page: Page): Promise<void> {
  const found = (await latencies(page)).toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(found[Math.floor(share * (found.length - 1))] ?? NaN);
  say(`event to screen: ${found.length} deltas, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`);
  assert.ok(found.length >= 20, `${found.length} deltas`);
  assert.ok(at(0.5) <= LIMIT, `p50 is ${at(0.5)} ms`);
}

async function assertNoSidewaysScrolling(page: Page, name: string): Promise<void> {
  const [content, window] = await page.evaluate<[number, number]>(
    "[document.documentElement.scrollWidth, innerWidth]",
  );
  assert.ok(content <= window, `${name} is ${content} px wide on ${window}`);
}

async function drained(response: Response): Promise<Response> {
  await response.body?.cancel();
  return response;
}

function skip(reason: string): void {
  if (isCi) throw new Error(`Cannot test in a browser: ${reason}`);
  say(`browser test skipped: ${reason}`);
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
