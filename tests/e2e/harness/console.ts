// The console as its users meet it: the built pages, served by the daemon, in a real browser. A page that says
// anything in the browser's console, or breaks, fails the test that used it.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { House, root } from "../../integration/harness/house.ts";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const pictures = join(root, "build/e2e");

export type Visitor = { page: Page; context: BrowserContext; complaints: string[] };
export type Look = { width?: number; height?: number; dark?: boolean; lang?: "nl" | "en"; slow?: number };

export class Console {
  private visitors: Visitor[] = [];

  private constructor(
    readonly house: House,
    private readonly browser: Browser,
  ) {
    mkdirSync(pictures, { recursive: true });
  }

  static async start(name: string): Promise<Console> {
    const [house, browser] = await Promise.all([House.start(name), chromium.launch({ executablePath: "/usr/bin/chromium", args: flags })]);
    return new Console(house, browser);
  }

  get url() {
    return `https://localhost:${this.house.port}/`;
  }

  /** A new browser profile at the sign-in page; `slow` times slower than this machine. */
  async visit({ width = 1440, height = 900, dark = false, lang = "nl", slow = 1 }: Look = {}): Promise<Visitor> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true, viewport: { width, height }, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" });
    await context.addInitScript((l) => localStorage.setItem("pandwacht.lang", l), lang);
    const page = await context.newPage();
    page.setDefaultTimeout(120_000); // on a busy machine a browser takes its time
    if (slow > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: slow });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    await page.goto(this.url);
    const visitor = { page, context, complaints };
    this.visitors.push(visitor);
    return visitor;
  }

  /** The same, signed in by keyboard. */
  async signIn(who: string, look?: Look): Promise<Visitor> {
    const visitor = await this.visit(look);
    const { page } = visitor;
    await page.locator("input[name=user]").waitFor();
    await page.keyboard.type(this.house.secret(`${who}_USER`));
    await page.keyboard.press("Tab");
    await page.keyboard.type(this.house.secret(`${who}_PASSWORD`));
    await page.keyboard.press("Enter");
    await page.locator(".who").waitFor();
    return visitor;
  }

  async close() {
    await this.browser.close();
    await this.house.close();
    const said = this.visitors.flatMap((visitor) => visitor.complaints);
    assert.deepEqual(said, [], "the browser's console stays empty");
  }
}

/** The form that was sent or left is gone, and with it what would take the next keys for text. */
export const closed = (page: Page) => page.locator(".work-form").waitFor({ state: "detached" });

/** Answers to GET at `url` come `ms` later than they would: races that only a slow machine meets are met on any. */
export const delayed = (page: Page, url: RegExp, ms: number) =>
  page.route(url, async (route) => {
    if (route.request().method() === "GET") await new Promise((done) => setTimeout(done, ms));
    await route.continue();
  });

/** Keeps a picture under build/e2e, to be looked at. */
export const picture = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });

/** No fault that axe knows of, WCAG 2.2 AA and its best practices. */
export async function accessible(page: Page, what: string) {
  const result = await new AxeBuilder({ page }).analyze();
  const faults = result.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary?.split("\n")[1] ?? ""}`).slice(0, 4).join(" | ")}`);
  assert.deepEqual(faults, [], what);
}

/** Nothing sticks out to the right: no sideways scrolling of the page. */
export async function fits(page: Page, what: string) {
  const { content, window } = await page.evaluate(() => ({ content: document.documentElement.scrollWidth, window: innerWidth }));
  assert.ok(content <= window, `${what}: ${content} px in a window of ${window}`);
}
