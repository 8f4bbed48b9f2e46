// The tenant check: findings and next steps from what the landlord says, and from nothing else.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import { alertOf, at, day, nextBag, nextId, suspicious, type Fact } from "./harness/facts.ts";

let house: House;
before(async () => void (house = await House.start("tenant-check")));
after(() => house.close());

const check = (bagId: string, stage: string, items: Fact = {}, more: Fact = {}) => ({
  sourceId: nextId("c"), ...at(bagId), stage, lettingType: "dwelling", purpose: "living", noticeGiven: true, items, ...more,
});
const landlord = () => house.api.client("LANDLORD_TOKEN");
const post = (body: Fact, caller = landlord()) => house.api.post("/v1/tenant-checks", body, caller);
const results = (body: any) => Object.fromEntries(body.findings.map((f: any) => [f.code, f.result]));

test("twenty-one findings, in order, by what was seen", async () => {
  const answer = await post(check(nextBag(), "selected", { idOriginalSeen: "yes", samePersonChain: "no", employerConfirmed: "unknown" }));
  assert.equal(answer.status, 201, answer.text);
  const { findings, notice, destroyOn } = answer.body;
  assert.deepEqual(findings.map((f: any) => f.id), Array.from({ length: 21 }, (_, i) => `T${String(i + 1).padStart(2, "0")}`));
  const by = results(answer.body);
  assert.equal(by["id-seen-in-person"], "ok");
  assert.equal(by["same-person-chain"], "inconsistent");
  assert.equal(by["employer-confirmed"], "open");
  assert.equal(by["traceable-account"], "not-asked");
  assert.ok(findings.find((f: any) => f.code === "employer-confirmed").nextStep.length > 10);
  assert.match(notice, /geen garantie/);
  assert.match(destroyOn, /^\d{4}-\d\d-\d\d$/);
  const again = await house.api.get(answer.headers.location!, landlord());
  assert.deepEqual(again.body, answer.body);
});

test("questions the other way round: asked for cash, other payer, other lock, sublet", async () => {
  const by = results((await post(check(nextBag(), "during", { cashAsked: "no", payerChanged: "yes", lockChanged: "no", subletSuspected: "yes" }))).body);
  assert.equal(by["no-cash"], "ok");
  assert.equal(by["payer-changed"], "inconsistent");
  assert.equal(by["lock-changed"], "ok");
  assert.equal(by["sublet-suspected"], "inconsistent");
});

test("what may not be asked yet, or ever, is refused and nothing of it is kept", async () => {
  const early = await post(check(nextBag(), "before-viewing", { idOriginalSeen: "yes" }));
  assert.equal(early.status, 400, early.text);
  assert.deepEqual(early.body.invalidParams.map((p: any) => [p.name, p.code]), [["/items/idOriginalSeen", "not-allowed-at-stage"]]);
  for (const item of ["nationality", "bsn", "income", "religion"]) {
    const answer = await post(check(nextBag(), "selected", { [item]: "yes" }));
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body.invalidParams.map((p: any) => [p.name, p.code]), [[`/items/${item}`, "not-allowed"]]);
  }
  const unasked = await post(check(nextBag(), "selected", {}, { noticeGiven: false }));
  assert.equal(unasked.status, 400);
});

test("another landlord's check does not exist", async () => {
  const made = await post(check(nextBag(), "selected"));
  assert.equal((await house.api.get(made.headers.location!, house.api.client("LANDLORD2_TOKEN"))).status, 404);
});

test("the same check again is the same; other content is not", async () => {
  const body = check(nextBag(), "selected", { idOriginalSeen: "yes" });
  const first = await post(body);
  const again = await post(body);
  assert.equal(again.status, 200, again.text);
  assert.equal(again.body.id, first.body.id);
  assert.equal((await post({ ...body, items: { idOriginalSeen: "no" } })).status, 409);
});

test("premises under an alert get the same answer as any other", async () => {
  const home = await suspicious(house);
  await alertOf(house, home.premisesId);
  const items = { idOriginalSeen: "yes", cashAsked: "yes" };
  const bare = (body: any) => ({ ...body, id: "", sourceId: "", createdAt: "" });
  const known = await post(check(home.bagId, "signing", items));
  const unknown = await post(check(nextBag(), "signing", items));
  assert.deepEqual(bare(known.body), bare(unknown.body));
  const names = (headers: object) => Object.keys(headers).sort();
  assert.deepEqual(names(known.headers), names(unknown.headers));
  assert.equal(known.text.length, unknown.text.length);
});

test("the steps still due have dates; what is inconsistent has an innocent explanation; both languages", async () => {
  const body = check(nextBag(), "during", { lockChanged: "yes", lastInspectionOn: day(-10) }, { lettingType: "parking" });
  const dutch = (await post(body)).body;
  const english = (await house.api.post("/v1/tenant-checks", body, { ...landlord(), headers: { "accept-language": "en" } })).body;
  assert.equal(dutch.due.find((d: any) => d.id === "T17").on, day(82));
  assert.deepEqual(dutch.innocent.map((i: any) => i.id), ["T19"]);
  assert.match(dutch.innocent[0].text, /sleutel/);
  assert.match(english.innocent[0].text, /key/);
  assert.deepEqual(english.due, dutch.due);
  const steps = (answer: any) => answer.findings.map((f: any) => f.nextStep).filter((s: any) => s !== null);
  assert.equal(steps(dutch).length, steps(english).length);
  steps(dutch).forEach((step: string, i: number) => assert.notEqual(step, steps(english)[i]));
});

test("a check looks nothing up and makes no premises, by whatever name", async () => {
  const before = await house.sql("select count(*) from premises");
  for (const premises of [{ bagId: nextBag() }, { address: { postcode: "9999ZZ", houseNumber: 7 } }, { premisesId: "01950000-0000-7000-8000-0000000000ab" }]) {
    const answer = await post({ ...check(nextBag(), "selected"), premises });
    assert.equal(answer.status, 201, answer.text);
  }
  assert.deepEqual(await house.sql("select count(*) from premises"), before);
});

test("documents are verified and forgotten: check digits, dates, sums; what they say comes back as items", async () => {
  const verify = (body: Fact) => house.api.post("/v1/tenant-checks/_verify", { stage: "selected", noticeGiven: true, ...body }, landlord());
  const mrz = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
  const answer = await verify({
    mrz, iban: "NL91 ABNA 0417 1643 00", kvk: "69599068", rsin: "123456782", kvkExtractOn: day(-40),
    payslips: [{ netEur: 2100.35, creditedEur: 2100.35 }, { netEur: 2100.35, creditedEur: 1950 }],
  });
  assert.equal(answer.status, 200, answer.text);
  const results = Object.fromEntries(answer.body.results.map((r: any) => [r.what, r]));
  assert.deepEqual(results.mrz, { what: "mrz", result: "inconsistent", expired: true, wrong: [] });
  assert.deepEqual([results.iban.result, results.kvk.result, results.rsin.result], ["ok", "ok", "ok"]);
  assert.deepEqual(results["kvk-extract"], { what: "kvk-extract", result: "inconsistent", ageDays: 40 });
  assert.deepEqual(results.payslips, { what: "payslips", result: "inconsistent", monthsCompared: 2, monthsDiffering: 1 });
  assert.deepEqual(answer.body.items, { payslipBankConsistent: "no", kvkExtractOn: day(-40) });
  assert.ok(!/2100|1950|ERIKSSON|L898902C3|ABNA/.test(answer.text), "nothing of the request comes back");
  const wrong = await verify({ mrz: [mrz[0], mrz[1]!.replace("7408122", "7408132")], iban: "NL91ABNA0417164301" });
  assert.deepEqual(wrong.body.results.map((r: any) => r.result), ["inconsistent", "inconsistent"]);
  assert.deepEqual(wrong.body.items, { idAuthentic: "no" });
  const faults = (a: any) => a.body.invalidParams.map((p: any) => [p.name, p.code]);
  assert.deepEqual(faults(await verify({ mrz: ["P<NLDDE<BRUIJN<<WILLEKE<LISELOTTE<<<<<<<<<<<", "SPECI20142NLD6503101F2403096999999990<<<<<84"] })), [["/mrz", "not-allowed"]]);
  assert.deepEqual(faults(await verify({ stage: "after-viewing", iban: "x" })), [["/stage", "not-allowed-at-stage"]]);
  assert.deepEqual(faults(await verify({ noticeGiven: false })), [["/noticeGiven", "not-allowed"]]);
  assert.deepEqual(faults(await verify({ bsn: "123456782" })), [["/bsn", "not-allowed"]]);
});

test("what may not be asked leaves no trace: 500 variants, then the database, the log and the metrics", async () => {
  const names = ["nationality", "nationaliteit", "bsn", "burgerservicenummer", "income", "inkomen", "religion", "geloof", "health", "gezondheid", "birthDate", "geboortedatum",
    "debt", "schulden", "pregnant", "gender", "geslacht", "skinColour", "children", "politicalView", "tenantNationality", "applicant_bsn", "fullName", "photograph", "selfie"];
  const canary = "kanarie7f3a";
  const places = [
    (n: string) => ({ items: { [n]: canary } }), (n: string) => ({ [n]: canary }), (n: string) => ({ items: { idOriginalSeen: { [n]: canary } } }),
    (n: string) => ({ items: { clauses: [{ [n]: [canary] }] } }), (n: string) => ({ purpose: { [n]: canary } }),
  ];
  const spell = [(n: string) => n, (n: string) => n.toUpperCase(), (n: string) => `${n}_`, (n: string) => n.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)];
  const counted = "select (select count(*) from tenant_check) || '/' || (select count(*) from audit_record)";
  const before = await house.sql(counted);
  let refused = 0;
  for (const name of names) for (const place of places) for (const how of spell) {
    const answer = await post({ ...check(nextBag(), "end"), ...place(how(name)), sourceId: canary });
    assert.equal(answer.status, 400, `${how(name)}: ${answer.text}`);
    assert.ok(answer.body.invalidParams.some((p: any) => p.code === "not-allowed" && /\(.+\)/.test(p.reason)), `${how(name)}: ${answer.text}`);
    assert.ok(!answer.text.includes(canary), "values are not repeated");
    refused++;
  }
  assert.equal(refused, 500);
  assert.deepEqual(await house.sql(counted), before);
  const tables = await house.sql("select quote_ident(tablename) from pg_tables where schemaname = 'public'");
  for (const table of tables) assert.deepEqual(await house.sql(`select count(*) from ${table} t where t::text like '%${canary}%'`), ["0"], table);
  assert.ok(!house.log().includes(canary));
  assert.ok(![...(await house.metrics()).keys()].some((key) => key.includes(canary)));
});
