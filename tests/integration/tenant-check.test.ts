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
