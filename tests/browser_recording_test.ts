/** The dashboard in a real browser on a recording with a retry, threads, MCP and parts that nobody knows; without root. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { llmCalled } from "../src/testdata/events.ts";
import { REPORTED } from "../src/store/reports_fixture.ts";
import { Store } from "../src/store/store.ts";
import { AgentSight } from "./support/agentsight.ts";
import { keepScreenshot, missingBrowser, PHONE, TestBrowser } from "./support/browser.ts";

const NARROW_DESKTOP = { width: 1280, height: 800 };
const MARKUP = `<img src=x onerror='document.title="owned"'>`;
const odd = llmCalled(20, {
  id: "odd",
  thread: "odd",
  compacted: true,
  response: {
    parts: [{ type: "hologram", [MARKUP]: MARKUP }, { type: "text", content: "after it" }] as never,
  },
});

const missing = missingBrowser();
const ignore = missing !== null && Deno.env.get("CI") !== "true";

Deno.test({ name: "the dashboard ties calls, retries and MCP messages together", ignore }, async (t) => {
  const directory = Deno.makeTempDirSync({ prefix: "agentsight-browser-" });
  const path = join(directory, "r.sqlite");
  const store = Store.create({ path, meta: { version: "0.1.0", started: "1", capture: "redacted" } });
  store.append([...REPORTED, odd]);
  store.close();
  try {
    await using view = new AgentSight(["view", "--port", "0", path]);
    await view.until("the page is served", () => /web page: \S+\n/.test(view.stderr));
    const [, url = ""] = /web page: (\S+)\n/.exec(view.stderr) ?? [];
    await using browser = await TestBrowser.launch();
    for (const [name, viewport] of [["desktop", NARROW_DESKTOP], ["phone", PHONE]] as const) {
      await t.step(name, async () => {
        const page = await browser.open(url, { viewport, colorScheme: "dark" });
        const open = (id: string) => page.goto(`${new URL(url).origin}/#/calls/${id}`);
        const detail = page.locator(".detail-pane");
        const fits = async () => {
          const width = await page.evaluate<number>("document.documentElement.scrollWidth");
          assert.ok(width <= viewport.width, `${width} px wide on ${viewport.width}`);
        };
        await page.locator(".call", { hasText: "retry" }).waitFor();
        await fits();

        await open("c3");
        await detail.getByText("overloaded_error").waitFor();
        await detail.locator(".relations", { hasText: "Repeated by" }).getByRole("link").first().click();
        await detail.getByText("Repeats the failed").waitFor();
        await detail.getByText("MCP tools/call on shell, 250 ms").waitFor();
        await detail.getByText("call 2 of 3 that are loaded").waitFor();
        await keepScreenshot(page, `tied-${name}`);
        await fits();

        await open("c8");
        await detail.getByText("New in this call").waitFor();
        await detail.getByText("I look.").waitFor();

        await open("odd");
        await detail.getByText("The history before the new messages was cut").waitFor();
        await detail.locator("summary", { hasText: "hologram" }).click();
        // As JSON, with its quotes escaped.
        await detail.getByText("<img src=x").first().waitFor();
        await detail.getByText("after it").waitFor();
        assert.equal(await page.locator("main img").count(), 0);
        assert.equal(await page.title(), "AgentSight");
        await fits();

        await page.goto(`${new URL(url).origin}/#/timeline`);
        await page.locator(".call-bar-failed").first().waitFor();
        await page.locator(".call-bar-partial").first().waitFor();
        await fits();
        await page.context().close();
      });
    }
    assert.deepEqual(browser.faults, []);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
