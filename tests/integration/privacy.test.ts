// What persons are owed: requests of data subjects with a second person, a letter that reads the same when nothing
// is held, erasure that survives an old backup, objections, unmasking for a purpose, retention with holds.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { House, until } from "./harness/house.ts";
import type { Caller } from "./harness/api.ts";
import { alertOf, created, day, nextBag, payment, registration, suspicious, tip } from "./harness/facts.ts";

const run = promisify(execFile);
let house: House, officer: Caller, second: Caller;
before(async () => {
  house = await House.start("privacy");
  officer = await house.api.person("PRIVACY");
  second = await house.api.person("PRIVACY2");
});
after(() => house.close());

const iban = (n: number) => ["NL91ABNA0417164300", "NL20INGB0001234567", "NL44RABO0123456789", "NL39RABO0300065264"][n]!;

async function paid(value: string) {
  const lease = registration(nextBag());
  const registered = await created(house, "registrations", lease);
  const fact = await created(house, "payments", payment((lease.premises as any).bagId, lease.sourceId as string, { payer: { scheme: "iban", value } }));
  return { registered, fact, bagId: (lease.premises as any).bagId as string };
}

const ask = (right: string, parties: unknown[], premises: unknown[] = []) =>
  house.api.post("/v1/subject-requests", { right, receivedOn: day(-3), identitySeen: true, parties, premises }, officer);

async function decide(id: string, answer: Record<string, unknown>) {
  const request = (await house.api.get(`/v1/subject-requests/${id}`, officer)).body;
  for (const item of request.items) {
    const put = await house.api.call("PUT", `/v1/subject-requests/${id}/items/${item.factId}`, officer, answer);
    assert.equal(put.status, 200, put.text);
  }
  const approval = await house.api.post(`/v1/subject-requests/${id}/approvals`, { approve: true }, second);
  assert.equal(approval.status, 201, approval.text);
  return request;
}

test("access: what is held, an answer to each, a second person, a letter", async () => {
  const { fact, registered } = await paid(iban(0));
  const answer = await ask("access", [{ scheme: "iban", value: "NL91 ABNA 0417 1643 00" }]);
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.body.status, "open");
  const [y, m, d] = day(-3).split("-").map(Number);
  const last = new Date(Date.UTC(y!, m! + 1, 0)).getUTCDate();
  assert.equal(answer.body.dueOn, new Date(Date.UTC(y!, m!, Math.min(d!, last))).toISOString().slice(0, 10));

  const request = (await house.api.get(`/v1/subject-requests/${answer.body.id}`, officer)).body;
  assert.deepEqual(request.items.map((i: any) => i.factId), [fact.id]);
  assert.equal(request.items[0].proposal, "release");
  assert.ok(!JSON.stringify(request).includes("ABNA"));

  const item = `/v1/subject-requests/${answer.body.id}/items/${fact.id}`;
  const bare = await house.api.call("PUT", item, officer, { answer: "withhold" });
  assert.deepEqual(bare.body.invalidParams.map((p: any) => [p.name, p.code]), [["/ground", "required"], ["/until", "required"]]);
  assert.equal((await house.api.call("PUT", `/v1/subject-requests/${answer.body.id}/items/${registered.id}`, officer, { answer: "keep" })).status, 404);
  assert.equal((await house.api.get(`/v1/subject-requests/${answer.body.id}/letter`, officer)).status, 409);
  const early = await house.api.post(`/v1/subject-requests/${answer.body.id}/approvals`, { approve: true }, second);
  assert.equal(early.body.code, "transition", early.text);
  assert.equal((await house.api.call("PUT", item, officer, { answer: "release" })).status, 200);
  assert.equal((await house.api.get(`/v1/subject-requests/${answer.body.id}`, officer)).body.status, "drafted");
  assert.equal((await house.api.post(`/v1/subject-requests/${answer.body.id}/approvals`, { approve: true }, officer)).status, 403);
  assert.equal((await house.api.post(`/v1/subject-requests/${answer.body.id}/approvals`, { approve: true }, second)).body.status, "approved");
  const letter = await house.api.get(`/v1/subject-requests/${answer.body.id}/letter`, officer);
  assert.match(letter.headers["content-type"]!, /^text\/plain/);
  assert.match(letter.text, /lease-admin/);
  assert.match(letter.text, /11400/);
  assert.ok(!letter.text.includes("ABNA"));
  assert.equal((await house.api.get(`/v1/subject-requests/${answer.body.id}`, officer)).body.status, "answered");
  const exported = JSON.parse((await house.command("subject", "export", "--ref", answer.body.id)).stdout);
  assert.equal(exported.facts[0].kind, "payment");
});

test("a request is refused with all its faults", async () => {
  const { status, body } = await house.api.post("/v1/subject-requests", { right: "all", receivedOn: day(2), identitySeen: false, premises: [{ premises: { bagId: nextBag() }, from: day(-1), until: day(-9) }], name: "x" }, officer);
  assert.equal(status, 400);
  const codes = new Map(body.invalidParams.map((p: any) => [p.name, p.code]));
  assert.deepEqual(Object.fromEntries(codes), { "/name": "unknown-field", "/right": "enum", "/receivedOn": "future-date", "/identitySeen": "not-allowed", "/premises/0/until": "date-order" });
  assert.equal((await ask("access", [])).body.invalidParams[0].code, "one-of");
});

test("where all is withheld the letter reads as where nothing is held", async () => {
  const bagId = nextBag();
  await created(house, "tips", tip(bagId));
  const held = (await ask("access", [], [{ premises: { bagId }, from: day(-400), until: day(0) }])).body.id;
  const nothing = (await ask("access", [], [{ premises: { bagId: nextBag() }, from: day(-400), until: day(0) }])).body.id;
  assert.equal((await house.api.get(`/v1/subject-requests/${held}`, officer)).body.items[0].proposal, "withhold");
  await decide(held, { answer: "withhold", ground: "gdpr-23", until: day(180) });
  await decide(nothing, {});
  for (const language of ["nl", "en"]) {
    const letters = await Promise.all([held, nothing].map(async (id) => (await house.api.call("GET", `/v1/subject-requests/${id}/letter`, { ...officer, headers: { "accept-language": language } })).text.replaceAll(id, "ID")));
    assert.equal(letters[0], letters[1]);
  }
});

test("erasure takes the level, tells why, and an old backup brings nothing back", async () => {
  const home = await suspicious(house);
  const { alert } = await alertOf(house, home.premisesId);
  await house.stop();
  const dump = join(house.dir, "backup.dump");
  await run("pg_dump", ["-Fc", "-f", dump, house.databaseUrl]);
  await house.serve();

  const bagId = (await house.api.get(`/v1/premises/${home.premisesId}`, await house.api.person("ANALYST"))).body.bagId;
  const id = (await ask("erasure", [], [{ premises: { bagId }, from: day(-400), until: day(0) }])).body.id;
  const { items } = await decide(id, { answer: "erase" });
  assert.equal(items.length, 4);
  await until("the facts to be erased", async () => (await house.sql(`select 1 from fact where premises = '${home.premisesId}' and status = 'live'`)).length === 0);
  assert.equal((await house.api.get(`/v1/tips/${home.tip1.id}`, house.api.source)).body.status, "erased");
  assert.equal((await house.sql(`select 1 from sealed_text where premises = '${home.premisesId}'`)).length, 0);
  const analyst = await house.api.person("ANALYST");
  await until("the alert to be withdrawn", async () => (await house.api.get(`/v1/alerts/${alert.id}`, analyst)).body.status === "withdrawn");
  assert.deepEqual(await house.sql("select cause, facts from erasure_certificate"), ["subject|4"]);
  const replay = await house.command("replay");
  assert.equal(replay.code, 0, replay.stdout);

  await house.stop();
  await house.sql("drop schema public cascade; create schema public");
  await run("pg_restore", ["-d", house.databaseUrl, dump]);
  assert.equal((await house.sql(`select 1 from fact where premises = '${home.premisesId}' and status = 'live'`)).length, 4);
  await house.serve();
  await until("the restored facts to go again", async () => (await house.sql(`select 1 from fact where premises = '${home.premisesId}' and status = 'live'`)).length === 0);
  assert.deepEqual(await house.sql("select cause, facts from erasure_certificate"), ["restored|4"]);
  assert.equal(readFileSync(join(house.dir, "tombstones.ndjson"), "utf8").trim().split("\n").length, 1);
});

test("an objection disputes the alerts until it is decided", async () => {
  house.api.forget();
  [officer, second] = [await house.api.person("PRIVACY"), await house.api.person("PRIVACY2")];
  const home = await suspicious(house);
  const { alert } = await alertOf(house, home.premisesId);
  const analyst = await house.api.person("ANALYST");
  const answer = await house.api.post("/v1/objections", { receivedOn: day(0), identitySeen: true, premises: [{ premises: { premisesId: home.premisesId }, from: day(-400), until: day(0) }] }, officer);
  assert.equal(answer.status, 201, answer.text);
  assert.equal((await house.api.get(`/v1/alerts/${alert.id}`, analyst)).body.disputed, true);
  assert.ok((await house.api.get("/v1/objections", officer)).body.items.some((i: any) => i.id === answer.body.id));
  await decide(answer.body.id, { answer: "keep", ground: "retention-duty" });
  assert.equal((await house.api.get(`/v1/alerts/${alert.id}`, analyst)).body.disputed, false);
});

test("unmasking needs a case and a ground, says how, and is on the record", async () => {
  await paid(iban(1));
  const request = (await ask("access", [{ scheme: "iban", value: iban(1) }])).body.id;
  const [party] = (await house.api.get(`/v1/subject-requests/${request}`, officer)).body.parties;
  for (const body of [{}, { case: "RIEC-1" }, { case: "curious", ground: "wgs-1-9" }, { case: "RIEC-1", ground: "because" }]) {
    const refused = await house.api.post(`/v1/parties/${party.id}/unmaskings`, body, officer);
    assert.equal(refused.status, 403, refused.text);
    assert.match(refused.body.detail, /case.*RIEC-\*.*wgs-1-9/s);
  }
  const unmasked = await house.api.post(`/v1/parties/${party.id}/unmaskings`, { case: "RIEC-2026-12", ground: "wgs-1-9" }, officer);
  assert.equal(unmasked.status, 201, unmasked.text);
  assert.deepEqual([unmasked.body.scheme, unmasked.body.value], ["iban", iban(1)]);
  assert.deepEqual(await house.sql("select d.detail->>'case' from audit_record r join audit_detail d on d.record = r.id where action = 'party-unmasked'"), ["RIEC-2026-12"]);
  assert.equal((await house.api.post(`/v1/parties/${party.id}/unmaskings`, { case: "RIEC-1", ground: "wgs-1-9" }, await house.api.person("ANALYST"))).status, 403);
});

test("retention erases what is due, counts before, and leaves what is held", async () => {
  const [due, held] = [await paid(iban(2)), await paid(iban(3))];
  await house.sql(`update fact set destroy_on = current_date - 1 where id in ('${due.fact.id}', '${held.fact.id}')`);
  assert.equal((await house.command("retention", "hold", "--premises", held.fact.premisesId, "--reason", "court case")).code, 0);
  const preview = await house.command("retention", "run", "--dry-run", "--json");
  assert.deepEqual(preview.stdout.trim().split("\n").map((l) => JSON.parse(l)), [{ kind: "payment", due: 1, held: 1 }]);
  const done = await house.command("retention", "run", "--json");
  assert.equal(done.code, 0, done.stderr);
  assert.equal(JSON.parse(done.stdout).erased, 1);
  assert.deepEqual(await house.sql(`select id, status from fact where id in ('${due.fact.id}', '${held.fact.id}') and status = 'live'`), [`${held.fact.id}|live`]);
  // Of whom no fact speaks any more is forgotten; who is held is not.
  assert.deepEqual(await house.sql("select count(*) from party where scheme = 'iban' and id not in (select party from fact_party)"), ["0"]);
  assert.equal((await house.command("retention", "release", "--premises", held.fact.premisesId)).code, 0);
  assert.equal(JSON.parse((await house.command("retention", "run", "--json")).stdout).erased, 1);
});

/** A psql session that stays open, as another process that is in the middle of something. */
function session() {
  const psql = spawn("psql", ["-XqtA", "-v", "ON_ERROR_STOP=1", house.databaseUrl], { stdio: ["pipe", "pipe", "inherit"] });
  const say = (statement: string) => new Promise<void>((done, fail) => {
    psql.once("exit", () => fail(new Error("psql ended")));
    psql.stdout.once("data", () => done());
    psql.stdin.write(`${statement};\n\\echo done\n`);
  });
  return { say, end: () => psql.stdin.end() };
}

const liveOf = async (id: string) => (await house.sql(`select 1 from fact where id = '${id}' and status = 'live'`)).length === 1;
const tombstones = () => readFileSync(join(house.dir, "tombstones.ndjson"), "utf8").trim().split("\n");

test("a hold that is being placed while an erasure is under way wins", async () => {
  const { fact } = await paid("NL22RABO0123456797");
  await house.sql(`update fact set destroy_on = current_date - 1 where id = '${fact.id}'`);
  const placing = session();
  await placing.say(`begin; do $$ begin perform pg_advisory_xact_lock(hashtext('pandwacht: holds')); end $$;
    insert into legal_hold (premises, id, reason) values ('${fact.premisesId}', '${fact.id}', 'court case')`);
  const round = house.command("retention", "run", "--json");
  await until("the erasure to wait for the hold", async () => (await house.sql("select 1 from pg_locks where locktype = 'advisory' and not granted")).length === 1);
  await placing.say("commit");
  placing.end();
  assert.equal(JSON.parse((await round).stdout).erased, 0);
  assert.ok(await liveOf(fact.id));
  assert.ok(!tombstones().some((line) => line.includes(fact.id)), "a tombstone names only what went");
  assert.equal((await house.command("retention", "release", "--premises", fact.premisesId)).code, 0);
  assert.equal(JSON.parse((await house.command("retention", "run", "--json")).stdout).erased, 1);
  assert.ok(tombstones().some((line) => line.includes(fact.id)));
});

test("a hold keeps what a data subject wants erased, not what others want, until it is released", async () => {
  const [held, free] = [await paid("NL02ABNA0123456789"), await paid("NL86INGB0002445588")];
  assert.equal((await house.command("retention", "hold", "--premises", held.fact.premisesId, "--reason", "court case")).code, 0);
  const first = (await ask("erasure", [{ scheme: "iban", value: "NL02ABNA0123456789" }])).body.id;
  const second_ = (await ask("erasure", [{ scheme: "iban", value: "NL86INGB0002445588" }])).body.id;
  await decide(first, { answer: "erase" });
  await decide(second_, { answer: "erase" });
  const carriedOut = (id: string) => house.sql(`select 1 from subject_request where id = '${id}' and carried_out_at is not null`);
  await until("the free one to be erased", async () => (await carriedOut(second_)).length === 1);
  assert.ok(!(await liveOf(free.fact.id)));
  assert.ok(await liveOf(held.fact.id));
  assert.equal((await carriedOut(first)).length, 0);
  assert.equal((await house.command("retention", "release", "--premises", held.fact.premisesId)).code, 0);
  assert.equal((await house.command("subject", "erase", "--ref", first)).code, 0);
  assert.ok(!(await liveOf(held.fact.id)));
  assert.equal((await carriedOut(first)).length, 1);
});

test("a tombstone that could not be written out waits, and is written later", async () => {
  const { fact } = await paid("NL18RABO0123459876");
  await house.stop();
  await house.sql(`update fact set destroy_on = current_date - 1 where id = '${fact.id}'`);
  const kept = readFileSync(house.configFile, "utf8");
  house.configure((text) => text.replace(/tombstones-file: .*/, "tombstones-file: /nowhere/tombstones.ndjson"));
  assert.notEqual(readFileSync(house.configFile, "utf8"), kept);
  const refused = await house.command("retention", "run");
  assert.match(refused.stderr, /\/nowhere\/tombstones.ndjson/);
  assert.ok(!(await liveOf(fact.id)));
  assert.equal((await house.sql("select 1 from tombstone_waiting")).length, 1);
  house.configure(() => kept);
  assert.equal((await house.command("retention", "run")).code, 0);
  assert.equal((await house.sql("select 1 from tombstone_waiting")).length, 0);
  assert.ok(tombstones().some((line) => line.includes(fact.id)));
  await house.serve();
});

test("a tombstone that was not signed here erases nothing", async () => {
  const { fact } = await paid("NL69INGB0123456789");
  const [genuine] = tombstones();
  const forged = { ...JSON.parse(genuine!), certificate: "01950000-0000-7000-8000-000000000001", facts: [[fact.premisesId, fact.id]] };
  appendFileSync(join(house.dir, "tombstones.ndjson"), JSON.stringify(forged) + "\n");
  const round = await house.command("retention", "run", "--json");
  assert.equal(round.code, 0, round.stderr);
  assert.equal(JSON.parse(round.stdout).restored, 0);
  assert.match(round.stderr, /not signed here/);
  assert.ok(await liveOf(fact.id));
});

test("a database that was restored is behind its signed heads, and verify says so", async () => {
  assert.equal((await house.command("audit", "verify", "--json")).code, 1);
});
