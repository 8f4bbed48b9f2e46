// The analyst's day by keyboard alone: sign in, queue, next alert, weigh, decide, note, snooze.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alertOf, suspicious } from "../integration/harness/facts.ts";
import { Console, closed, delayed, picture } from "./harness/console.ts";

let desk: Console;
before(async () => {
  desk = await Console.start("console-desk");
  for (let i = 0; i < 3; i++) await alertOf(desk.house, (await suspicious(desk.house)).premisesId);
});
after(() => desk.close());

const statuses = (text: string) => desk.house.sql(`select count(*) from alert where status = '${text}'`).then(([n]) => Number(n));

test("a wrong password is said, and nothing more", async () => {
  const { page, complaints } = await desk.visit();
  await page.locator("input[name=user]").fill("analist");
  await page.locator("input[name=password]").fill("not this one");
  await page.keyboard.press("Enter");
  await page.locator(".trouble").waitFor();
  assert.match(complaints.join(), /401/);
  complaints.length = 0; // the browser says 401 by itself
});

test("from signing in to a decision, without a mouse", async () => {
  const { page } = await desk.signIn("ANALYST");
  const { keyboard } = page;
  await delayed(page, /alerts\/[0-9a-f-]+$/, 300); // what was changed is read anew last of all: no form may open before
  await page.locator(".row").nth(2).waitFor();
  await keyboard.press("j");
  await page.locator(".row-at[aria-rowindex='3']").waitFor();
  await picture(page, "queue");
  await keyboard.press("t"); // the most urgent that nobody has
  await page.locator(".ledger-total").waitFor();
  assert.match(await page.locator(".ledger-total-proof").innerText(), /precies/);
  await picture(page, "alert");

  await keyboard.press("w");
  for (let question = 0; question < 5; question++) {
    await keyboard.press(question === 0 ? "Space" : "ArrowRight"); // the first answer is yes
    await keyboard.press("Tab");
    await keyboard.type("Meer dan één bron zegt dit.");
    await keyboard.press("Tab");
    if (question < 4) await keyboard.press("Space");
    if (question < 4) await keyboard.press("ArrowLeft");
  }
  await picture(page, "weighing");
  await keyboard.press("Shift+Tab");
  await keyboard.press("Control+Enter");
  await page.locator("input[name=verdict]").first().waitFor();
  assert.equal(await page.locator("input[name=verdict]").count(), 3, "weighed: founded is offered, and first");
  assert.equal(await statuses("weighing"), 1);
  await keyboard.press("Space");
  await page.locator("input[name=verdict][value=founded]:checked").waitFor();
  await keyboard.press("Tab");
  await keyboard.type("De feiten bevestigen elkaar.");
  await keyboard.press("Control+Enter");
  await page.locator("form[aria-label=Verwijzen]").waitFor();
  await keyboard.press("Escape");
  await closed(page);

  await keyboard.press("n");
  await keyboard.type("Gebeld met toezicht; zij gaan morgen langs.");
  await keyboard.press("Control+Enter");
  await page.locator(".entry-note").waitFor();
  await closed(page);
  await picture(page, "decided");
});

test("an unfounded alert is closed at once, the next one snoozed", async () => {
  const { page } = await desk.signIn("ANALYST2");
  const { keyboard } = page;
  await page.locator(".row").first().waitFor();
  await keyboard.press("t");
  await page.locator(".ledger-total").waitFor();
  await keyboard.press("e");
  await keyboard.press("Space");
  await keyboard.press("Tab");
  await keyboard.type("De huurder handelt in verf, met vergunning.");
  await keyboard.press("Control+Enter");
  await page.locator(".entry-decided").waitFor();
  await closed(page);
  assert.equal(await statuses("closed"), 1);

  await keyboard.press("t");
  await page.locator(".stage-now", { hasText: "op naam" }).waitFor();
  await keyboard.press("s");
  await keyboard.press("Tab");
  await page.locator("form textarea").fill("Wacht op het verslag van de brandweer.");
  await keyboard.press("Control+Enter");
  await page.locator(".entry-snoozed").waitFor();
  await closed(page);
  await keyboard.press("u");
  await page.locator(".queue-head").waitFor();
  await keyboard.press("?");
  await page.locator(".keys").waitFor();
  await picture(page, "keys");
});
