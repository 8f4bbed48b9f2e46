// The sample data: it goes in whole, the told stories come out as they should, and replay agrees with every outcome.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, test } from "node:test";
import { House, root, until } from "./harness/house.ts";
import { day } from "./harness/facts.ts";
import { DUTY, Partner } from "./harness/receiver.ts";

const run = promisify(execFile);
let house: House;
let sample: string;

const SENDERS = ["woningcorporatie", "verhuurder", "makelaar", "basisregistraties", "meldpunt", "toezicht", "netbeheerder", "handhaving"];

before(async () => {
  house = await House.open("stories");
  sample = join(house.dir, "sample");
  mkdirSync(sample);
  const stories = readdirSync(join(root, "tools/demo-data/stories")).map((file) => join(root, "tools/demo-data/stories", file));
  await run(join(root, "build/demo-data"), ["--today", day(0), "--out", sample, ...stories.sort()]);
});
after(() => house.close());

const lines = (file: string) => readFileSync(join(sample, `${file}.ndjson`), "utf8").trim().split("\n").length;

test("every line is taken in, and a second time every line is a duplicate", async () => {
  const attributes = await house.command("import", "--client", "basisregistraties", "--kind", "premises", join(sample, "premises.ndjson"));
  assert.equal(attributes.code, 0, attributes.stdout.slice(-2000) + attributes.stderr);
  let facts = 0;
  for (const sender of SENDERS) {
    const first = await house.command("import", "--client", sender, join(sample, `${sender}.ndjson`));
    assert.equal(first.code, 0, first.stdout.slice(-2000) + first.stderr);
    assert.match(first.stdout, new RegExp(`${lines(sender)} created, 0 duplicates, 0 rejected`));
    facts += lines(sender);
  }
  assert.ok(facts >= 5000 && lines("premises") >= 2000);
  const again = await house.command("import", "--client", "verhuurder", join(sample, "verhuurder.ndjson"));
  assert.match(again.stdout, new RegExp(`0 created, ${lines("verhuurder")} duplicates, 0 rejected`));
});

const rank = ["none", "watch", "alert", "urgent"];
// story, the least and the most that may come out
const expected: [number, string, string, string][] = [
  [1, "cannabis farm", "alert", "urgent"], [2, "malicious neighbour", "none", "watch"], [3, "lawful expat", "none", "none"],
  [4, "front person", "watch", "watch"], [5, "garage box", "alert", "urgent"], [6, "second home", "none", "none"],
  [7, "student house", "none", "watch"], [8, "lab in a barn", "urgent", "urgent"], [9, "clear visit", "none", "watch"],
  [10, "previous tenant", "none", "none"],
];

test("the ten stories come out as they are told, and the town at large is left alone", async () => {
  const desk = new Partner(house).start();
  const duty = new Partner(house, DUTY).start();
  await house.serve();
  const started = Date.now();
  await until("the sample to be assessed", async () => (await house.sql("select count(*) from premises p where exists (select 1 from fact f where f.premises = p.id) and not exists (select 1 from assessment a where a.premises = p.id)"))[0] === "0", 60_000);
  assert.ok(Date.now() - started < 60_000);

  const wrong: string[] = [];
  for (const [n, name, least, most] of expected) {
    const [row] = await house.sql(`select level, score from premises where bag_id = '99010100000900${String(n).padStart(2, "0")}'`);
    const [level, score] = row!.split("|").map(Number) as [number, number];
    if (level < rank.indexOf(least) || level > rank.indexOf(most)) wrong.push(`${n} ${name}: ${rank[level]} ${score / 1000}, expected ${least}..${most}`);
  }
  assert.deepEqual(wrong, []);

  const [alerts] = await house.sql("select count(*) from alert a join premises p on p.id = a.premises where p.bag_id < '9901010000090000'");
  assert.ok(Number(alerts) <= 24, `${alerts} alerts on 2,400 ordinary premises`);
  const [total] = await house.sql("select count(*) from alert");
  await until("every alert to arrive", () => desk.events().filter((e) => e.type === "nl.pandwacht.alert.raised").length >= Number(total));
  await until("the danger notice", () => duty.events().some((e) => e.type === "nl.pandwacht.danger.reported"));
  desk.stop();
  duty.stop();
});

test("replay computes every assessment again and finds it equal", async () => {
  const replay = await house.command("replay", "--json");
  assert.equal(replay.code, 0, replay.stdout.slice(-1000) + replay.stderr);
  const report = JSON.parse(replay.stdout.trim().split("\n").at(-1)!);
  assert.equal(report.different, 0);
  assert.ok(report.equal >= 1500, JSON.stringify(report));
});

test("replay notices a result that was tampered with", async () => {
  await house.sql("update assessment set result = set_byte(result, octet_length(result) - 1, (get_byte(result, octet_length(result) - 1) + 1) % 256) where id = (select id from assessment where level > 0 order by id limit 1)");
  const replay = await house.command("replay", "--json");
  assert.equal(replay.code, 1);
  assert.equal(JSON.parse(replay.stdout.trim().split("\n").at(-1)!).different, 1);
});

test("no clear value of a person is in the database", async () => {
  const { stdout } = await run("pg_dump", ["--data-only", house.databaseUrl], { maxBuffer: 1 << 28 });
  for (const clear of ["0612000101", "buur.b@vossewaard.example", "NL91ABNA0417164300", "s01-tenant"])
    for (const text of [clear, Buffer.from(clear).toString("base64").replace(/=+$/, ""), Buffer.from(clear).toString("hex")])
      assert.ok(!stdout.includes(text), `${clear} as ${text}`);
});
