/** A real browser for tests, and what went wrong in its pages. */
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";
const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Kept by continuous integration; git ignores it. */
const ARTIFACTS = join(import.meta.dirname!, "..", "..", "artifacts");

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Why no browser can be started here, or null. */
export function missingBrowser(): string | null {
  try {
    return Deno.statSync(EXECUTABLE).isFile ? null : `${EXECUTABLE} is no file`;
  } catch {
    return `there is no ${EXECUTABLE} (apt-get install chromium)`;
  }
}

export interface TabOptions {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: "dark" | "light";
}

/** Closes with every page it opened. */
export class TestBrowser implements AsyncDisposable {
  /** Errors on the console, uncaught exceptions and violations of the content security policy, of every page. */
  readonly faults: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<TestBrowser> {
    return new TestBrowser(await chromium.launch({ executablePath: EXECUTABLE, args: ARGS }));
  }

  /** A page with its own cookies. */
  async open(url: string, options: TabOptions): Promise<Page> {
    const context: BrowserContext = await this.#browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => {
      if (message.type() === "error") this.faults.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.faults.push(`exception: ${error.message}`));
    await page.exposeFunction("reportViolation", (text: string) => this.faults.push(`policy: ${text}`));
    await page.addInitScript(
      `addEventListener("securitypolicyviolation", (e) => reportViolation(e.violatedDirective + " " + e.blockedURI))`,
    );
    await page.goto(url);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** `artifacts/<name>.png`. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
}
