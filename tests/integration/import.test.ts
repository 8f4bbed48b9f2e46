// Files that an operator takes in: JSON lines and CSV, again and again, with every rejected line named.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import { day, nextBag } from "./harness/facts.ts";

let house: House;
before(async () => void (house = await House.start("import")));
after(() => house.close());

const file = (name: string, text: string) => {
  const path = join(house.dir, name);
  writeFileSync(path, text);
  return path;
};

test("CSV from a spreadsheet: semicolons, decimal commas, lists, quoted text, paths as column names", async () => {
  const [first, second] = [nextBag(), nextBag()];
  const rents = file("rents.csv", [
    "\ufeffkind;sourceId;premises.bagId;occurredOn;ground;event;lettingType;startOn;rentEur;tenant.scheme;tenant.value;tenantKind;note",
    `registration;csv-1;${first};${day(-20)};public-task;started;business;${day(-19)};950,50;source-local;h-1;person;"een ""notitie""; twee regels\nlang"`,
    `registration;csv-2;${second};${day(-20)};public-task;started;dwelling;${day(-19)};800;source-local;h-2;person;`,
  ].join("\r\n"));
  const answer = await house.command("import", "--client", "woningcorporatie", rents);
  assert.match(answer.stdout, /^2 created, 0 duplicates, 0 rejected$/m);
  const again = await house.command("import", "--client", "woningcorporatie", rents);
  assert.match(again.stdout, /^0 created, 2 duplicates, 0 rejected$/m);
  const tips = file("tips.txt", [
    "sourceId,premises.address.postcode,premises.address.houseNumber,occurredOn,ground,channel,category,count,itemKinds,danger,dangerKind",
    `csv-t,9912AB,7,${day(-3)},public-task,municipality,chemical-containers,8,drums|jerrycans,true,fumes`,
  ].join("\n"));
  assert.match((await house.command("import", "--client", "meldpunt", "--kind", "tip", "--format", "csv", tips)).stdout, /^1 created/m);
});

test("every rejected row is named by file, line, place and code; the others are taken in", async () => {
  const bad = file("bad.csv", [
    "sourceId,premises.bagId,occurredOn,ground,channel,category,count",
    `csv-3,${nextBag()},${day(-1)},public-task,police,night-loading,many`,
    `csv-4,${nextBag()},${day(-1)},public-task,police,night-loading`,
    `csv-5,${nextBag()},${day(-1)},public-task,police,night-loading,3`,
    `csv-6,036,${day(-1)},public-task,police,night-loading,3`,
  ].join("\n"));
  const answer = await house.command("import", "--client", "meldpunt", "--kind", "tip", bad);
  assert.equal(answer.code, 1);
  assert.deepEqual(answer.stdout.trim().split("\n"), [
    `${bad}:2: /count type`, `${bad}:3: / column-count`, `${bad}:5: /premises/bagId pattern`, "1 created, 0 duplicates, 3 rejected",
  ]);
  const machine = await house.command("import", "--json", "--client", "meldpunt", "--kind", "tip", bad);
  assert.deepEqual(machine.stdout.trim().split("\n").map((line: string) => JSON.parse(line)).at(-1), { created: 0, duplicates: 1, rejected: 3 });
});

test("what is no CSV ends with its place and remedy", async () => {
  const broken = file("broken.csv", 'sourceId,note\nx,"open\n');
  const answer = await house.command("import", "--client", "meldpunt", "--kind", "tip", broken);
  assert.equal(answer.code, 1);
  assert.match(answer.stderr, /broken\.csv:2: the text ends inside quotes/);
  const deep = file("deep.csv", `${"a.".repeat(5000)}a\n1\n`);
  const unknown = await house.command("import", "--client", "meldpunt", "--kind", "tip", deep);
  assert.match(unknown.stdout, /0 created, 0 duplicates, 1 rejected/);
});
