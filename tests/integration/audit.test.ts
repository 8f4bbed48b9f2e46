// The audit record: append-only, sealed within a second, its head signed and kept outside; whatever is done to it
// by somebody who has the whole database, `audit verify` names the record.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House, sleep, until } from "./harness/house.ts";
import { alertOf, suspicious } from "./harness/facts.ts";

let house: House;
before(async () => {
  house = await House.open("audit");
  house.configure((text) => text.replace("audit:\n", "audit:\n  heads-every: 50ms\n"));
  await house.serve();
});
after(() => house.close());

const heads = () => join(house.dir, "audit-heads.ndjson");
const verify = async () => {
  const { code, stdout, stderr } = await house.command("audit", "verify", "--json");
  return { code, stderr, ...(JSON.parse(stdout || "{}") as { result: string; n: number; record: string; links: number; unsealed: number; heads: number }) };
};
/** As the owner of the database, with every trigger off. */
const tamper = (sql: string) => house.sql(`set session_replication_role = replica; ${sql}`);

test("everything is sealed within a second, and its head signed outside", async () => {
  const home = await suspicious(house);
  await alertOf(house, home.premisesId);
  await until("all to be sealed", async () => (await verify()).unsealed === 0, 5000);
  await until("the head to be kept", async () => {
    const lines = readFileSync(heads(), "utf8").trim().split("\n");
    return JSON.parse(lines.at(-1)!).n === Number((await house.sql("select max(n) from audit_seal"))[0]);
  });
  const report = await verify();
  assert.equal(report.code, 0, report.stderr);
  assert.equal(report.result, "sound");
  assert.ok(report.heads > 0);
  assert.equal(report.links, Number((await house.sql("select count(*) from audit_record"))[0]));
});

test("the database refuses to change or remove records and links", async () => {
  for (const table of ["audit_record", "audit_seal"])
    for (const sql of [`delete from ${table}`, `truncate ${table}`, table === "audit_record" ? "update audit_record set action = 'x'" : "update audit_seal set n = n"])
      await assert.rejects(house.sql(sql), /append-only|truncate/, sql);
  await assert.rejects(house.sql("update audit_detail set detail = '{}'"), /append-only/);
});

test("each way to tamper is found, and the record is named", async () => {
  await house.stop(); // nothing is sealed meanwhile
  const [last] = await house.sql("select max(n) from audit_seal");
  const recordAt = async (n: number) => (await house.sql(`select record from audit_seal where n = ${n}`))[0]!;
  const [five, seven] = [await recordAt(5), await recordAt(7)];
  await house.sql("create table kept_record as select * from audit_record; create table kept_seal as select * from audit_seal; create table kept_detail as select * from audit_detail");
  const restore = () =>
    tamper(`truncate audit_record, audit_seal, audit_detail; insert into audit_record select * from kept_record;
      insert into audit_seal select * from kept_seal; insert into audit_detail select * from kept_detail`);
  const withDetail = (await house.sql("select n from audit_seal s join audit_detail d on d.record = s.record order by n limit 1"))[0];
  const cases: [string, string, string, number][] = [
    ["an altered action", `update audit_record set action = 'other' where id = '${five}'`, "altered", 5],
    ["an altered time", `update audit_record set at = at + interval '1 second' where id = '${five}'`, "altered", 5],
    ["an altered detail", `update audit_detail set detail = '{"reason": "other"}' where record = (select record from audit_seal where n = ${withDetail})`, "altered", Number(withDetail)],
    ["a deleted record", `delete from audit_record where id = '${five}'`, "missing", 5],
    ["a deleted link", "delete from audit_seal where n = 5", "missing", 5],
    ["two links swapped", `update audit_seal set record = case n when 5 then '${seven}'::uuid else '${five}' end, digest = case n when 5 then (select digest from kept_seal where n = 7) else (select digest from kept_seal where n = 5) end where n in (5, 7)`, "reordered", 5],
    ["a record put in between", `insert into audit_record select gen_random_uuid(), at, actor_kind, actor, action, object_kind, object, premises, null, generation, xact from kept_record where id = '${five}'`, "inserted", 0],
    ["the end cut off", `delete from audit_seal where n > ${Number(last) - 3}; delete from audit_record where id in (select record from kept_seal where n > ${Number(last) - 3})`, "cut", Number(last) - 2],
    ["all of it gone", "truncate audit_seal, audit_record, audit_detail", "cut", 1],
  ];
  for (const [what, sql, result, n] of cases) {
    await tamper(sql);
    const report = await verify();
    assert.equal(report.code, 1, `${what}: ${report.stderr}`);
    assert.equal(report.result, result, what);
    assert.equal(report.n, n, what);
    await restore();
    assert.equal((await verify()).result, "sound", `restored after ${what}`);
  }
});

test("a head that was not signed here is refused, with its line", async () => {
  const before = readFileSync(heads(), "utf8");
  const lines = before.trim().split("\n");
  writeFileSync(heads(), [...lines.slice(0, -1), lines.at(-1)!.replace(/"n":(\d+)/, (_, n) => `"n":${Number(n) + 1}`)].join("\n") + "\n");
  const { code, stderr } = await house.command("audit", "verify");
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`audit-heads.ndjson:${lines.length}`));
  writeFileSync(heads(), before);
});

test("export prints every sealed record, and is on the record itself", async () => {
  await house.serve();
  await sleep(1000);
  const { code, stdout } = await house.command("audit", "export");
  assert.equal(code, 0);
  const records = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(records.map((r) => r.n), records.map((_, i) => i + 1));
  assert.ok(records.some((r) => r.action === "alert-raised" && r.hash.length === 64));
  await until("the export to be recorded", async () => (await house.sql("select 1 from audit_record where action = 'audit-exported'")).length === 1);
});
