// The main job, end to end: a registration, a payment and two tips over mutual TLS become an explained
// alert that a separate partner process receives over mutual TLS.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import { alertOf, created, day, nextBag, origin, payment, premises, registration, settled, suspicious, tip } from "./harness/facts.ts";
import { DUTY, Partner } from "./harness/receiver.ts";

let house: House;
let desk: Partner;
let duty: Partner;

before(async () => {
  house = await House.start("main-job");
  desk = new Partner(house).start();
  duty = new Partner(house, DUTY).start();
});

after(async () => {
  desk.stop();
  duty.stop();
  await house.close();
});

test("a registration, a payment and two neighbours' tips become an alert in the partner's inbox", async () => {
  const { premisesId, bagId, payment: paid, tip1, tip2 } = await suspicious(house);
  const event = await desk.await("alert.raised", premisesId);

  assert.equal(event.source, "urn:nld:oin:00000001003214345000:systeem:pandwacht");
  assert.equal(event.data.level, "alert");
  assert.equal(event.data.premises.bagId, bagId);
  const total = event.data.explanation.reduce((sum: number, line: any) => sum + Math.round(line.points * 1000), 0);
  assert.equal(total, Math.round(event.data.score * 1000), "the lines add up to the score");

  const { alert } = await alertOf(house, premisesId);
  assert.equal(alert.id, event.data.alertId);
  assert.equal(alert.status, "new");
  assert.equal(alert.level, "alert");
  const witnesses = new Set(alert.explanation.flatMap((line: any) => line.witnesses ?? []));
  for (const fact of [paid, tip1, tip2]) assert.ok(witnesses.has(fact.id), `${fact.kind} is a witness`);
});

test("the explanation is complete: every line says what, why, from which facts and what else it could be", async () => {
  const { premisesId } = await suspicious(house);
  const { alert } = await alertOf(house, premisesId);

  assert.match(alert.ruleset.sha256, /^[0-9a-f]{64}$/);
  assert.equal(alert.ruleset.name, "premises-risk");
  assert.match(alert.nextChangeOn, /^\d{4}-\d\d-\d\d$/);
  assert.ok(alert.nextChangeOn > day(0));
  assert.ok(alert.gates.some((gate: any) => gate.id === "two-classes" && gate.result === "passed"));
  let total = 0;
  for (const line of alert.explanation) {
    total += Math.round(line.points * 1000);
    assert.ok(["rule", "cap"].includes(line.kind));
    if (line.kind !== "rule") continue;
    for (const member of ["id", "title", "theme", "points", "fullPoints", "witnesses", "decidedBy", "innocent", "grade", "source"])
      assert.ok(member in line, `${line.id} has ${member}`);
    assert.ok(line.witnesses.length > 0, `${line.id} has witnesses`);
  }
  assert.equal(total, Math.round(alert.score * 1000));
  const themes = Object.values<number>(alert.sums.themes).reduce((sum, points) => sum + Math.round(points * 1000), 0);
  assert.equal(themes, Math.round(alert.score * 1000));
});

test("one neighbour's tips, however many, raise nothing", async () => {
  const bagId = nextBag();
  let last: any;
  for (let i = 0; i < 12; i++) last = await created(house, "tips", tip(bagId, { occurredOn: day(-i), origin: origin(7) }));
  const home = await settled(house, last.premisesId);
  assert.ok(["none", "watch"].includes(home.level), home.level);
  assert.ok(home.score <= 40 + 6, `${home.score}`);
  assert.ok(!home.openAlertId);
});

test("a registration gets the reference rent of its kind and size when it is taken in", async () => {
  const bagId = nextBag();
  const put = await house.api.call("PUT", `/v1/premises/${bagId}`, house.api.source, { type: "dwelling", floorAreaM2: 60, asOf: day(-100), ground: "public-task" });
  assert.ok(put.status === 200 || put.status === 201, put.text);
  const sent = await created(house, "registrations", registration(bagId, { lettingType: "dwelling" }));
  const fact = await house.api.get(`/v1/registrations/${sent.id}`, house.api.source);
  assert.equal(fact.body.fact.referenceRentEur, 1400, fact.text);
  assert.ok(fact.body.fact.referenceVersion);
  const again = await house.api.post("/v1/registrations", { ...registration(nextBag()), referenceRentEur: 1 });
  assert.equal(again.status, 400, "nobody sends it");
});

test("a tip by address and a registration by BAG id, once joined, are one premises", async () => {
  const bagId = nextBag();
  const address = { postcode: "9913MA", houseNumber: 77, municipality: "Vossewaard" };
  const attributes = { type: "dwelling", address, asOf: day(-100), ground: "public-task" };
  const put = await house.api.call("PUT", `/v1/premises/${bagId}`, house.api.source, attributes);
  assert.ok([200, 201].includes(put.status), put.text);
  const byId = await created(house, "registrations", registration(bagId));
  const byAddress = await created(house, "tips", { ...tip(bagId), premises: { address } });
  assert.equal(byAddress.premisesId, byId.premisesId);
});

test("danger is told at once, score or no score", async () => {
  const answer = await house.api.post("/v1/tips", tip(nextBag(), { category: "danger-occupants", count: undefined, itemKinds: undefined, danger: true, dangerKind: "locked-in" }));
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.body.guidance, "Bel 112");
  const notice = await duty.await("danger.reported", answer.body.premisesId);
  assert.equal(notice.data.dangerKind, "locked-in");
  assert.equal(notice.data.verified, false);
  assert.equal((await premises(house, answer.body.premisesId)).level, "none");
});

test("a whole batch is answered a line each, in order", async () => {
  const bagId = nextBag();
  const lease = registration(bagId);
  const lines = [
    { kind: "registration", ...lease },
    { kind: "payment", ...payment(bagId, lease.sourceId as string) },
    { kind: "payment", ...payment(bagId, lease.sourceId as string, { method: "barter" }) },
    { kind: "registration", ...lease },
  ];
  const answer = await house.api.call("POST", "/v1/fact-batches", { ...house.api.source, headers: { "content-type": "application/x-ndjson" } }, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  assert.equal(answer.status, 200, answer.text);
  const answers = answer.text.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(answers.map((a) => [a.line, a.status]), [[1, 201], [2, 201], [3, 400], [4, 200]]);
  assert.equal(answers[2].problem.invalidParams[0].name, "/method");
  assert.equal(answers[3].result, "duplicate");
  assert.equal(answers[3].id, answers[0].id);
});
