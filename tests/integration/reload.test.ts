// Configuration and rules that are wrong: named with their place, and the old ones stay in force.

import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House, root, sleep, until } from "./harness/house.ts";
import { alertOf, created, nextBag, suspicious, tip } from "./harness/facts.ts";

let house: House;
let rules: string;
before(async () => {
  house = await House.open("reload");
  rules = join(house.dir, "rules");
  cpSync(join(root, "rules"), rules, { recursive: true });
  house.configure((text) => text.replace(/dir: .*\/rules/, `dir: ${rules}`));
  await house.serve();
});
after(() => house.close());

const live = async () => (await house.sql("select encode(sha256, 'hex') from ruleset_publication order by published_at desc, id desc limit 1"))[0];

function edit(file: string, change: (text: string) => string): () => void {
  const path = join(rules, file);
  const old = readFileSync(path, "utf8");
  const text = change(old);
  assert.notEqual(text, old, `${file} was changed`);
  writeFileSync(path, text);
  return () => writeFileSync(path, old);
}

test("a rule file with a type error: the daemon keeps its set and says why", async () => {
  const before = await live();
  const undo = edit("premises-risk/payment.yaml", (text) => text.replace(/payment\.method == 'cash'/, "payment.method == 7"));
  house.reload();
  await until("the log to say why", () => /payment\.yaml/.test(house.log()));
  assert.equal(await live(), before);
  const { alert } = await alertOf(house, (await suspicious(house)).premisesId);
  assert.equal(alert.ruleset.sha256, before);

  const checked = await house.command("rules", "check", rules);
  assert.equal(checked.code, 1);
  assert.match(checked.stderr, /payment\.yaml:\d+/);
  undo();
});

test("a good change comes into force on reload, without dropping anybody", async () => {
  const before = await live();
  const undo = edit("premises-risk/payment.yaml", (text) => text.replace(/points: 15/, "points: 14"));
  const posts = Promise.all(Array.from({ length: 50 }, async (_, i) => (await sleep(i * 4), house.api.post("/v1/tips", tip(nextBag())))));
  house.reload();
  const after = await until("another set to be live", async () => ((await live()) !== before ? live() : undefined));
  for (const answer of await posts) assert.equal(answer.status, 201, answer.text);
  const { alert } = await alertOf(house, (await suspicious(house)).premisesId);
  assert.equal(alert.ruleset.sha256, after);
  assert.equal(alert.explanation.find((line: any) => line.id === "pay-cash-rent").fullPoints, 14);
  undo();
});

test("a typo in the configuration: refused at start with place and remedy, kept out on reload", async () => {
  const old = readFileSync(house.configFile, "utf8");
  for (const [wrong, expected] of [
    [old.replace("operations:", "opperations:"), /pandwacht\.yaml:\d+.*operations/s],
    [old.replace("retry-max: 10s", "retry-max: ten"), /pandwacht\.yaml:\d+/],
    [old.replace("  profile: demo", "  profile: demo\n  profile: demo"), /pandwacht\.yaml:\d+/],
    [old.replace("clients: optional", "clients: sometimes"), /pandwacht\.yaml:\d+/],
  ] as const) {
    assert.notEqual(wrong, old);
    writeFileSync(house.configFile, wrong);
    const checked = await house.command("config", "check");
    assert.equal(checked.code, 1);
    assert.match(checked.stderr, expected);
    const served = await house.command("serve", "--check");
    assert.equal(served.code, 1);
    house.reload();
    await sleep(200);
    await created(house, "tips", tip(nextBag()));
  }
  writeFileSync(house.configFile, old);
  assert.equal((await house.command("config", "check")).code, 0);
});

test("a certificate that cannot be read on reload: the old one goes on serving", async () => {
  const file = join(house.dir, "tls/server.crt");
  const old = readFileSync(file);
  writeFileSync(file, "nonsense");
  house.reload();
  await sleep(400);
  house.api.close();
  await created(house, "tips", tip(nextBag()));
  writeFileSync(file, old);
  house.reload();
  await sleep(200);
  await created(house, "tips", tip(nextBag()));
});
