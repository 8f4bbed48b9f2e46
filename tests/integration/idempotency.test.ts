// The same source id is the same fact, whatever happens on the way.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import { created, nextBag, payment, registration, tip } from "./harness/facts.ts";

let house: House;
before(async () => void (house = await House.start("idempotency")));
after(() => house.close());

test("the same content again: 200, the same id, nothing written", async () => {
  const fact = registration(nextBag());
  const first = await created(house, "registrations", fact);
  const again = await house.api.post("/v1/registrations", fact);
  assert.equal(again.status, 200, again.text);
  assert.equal(again.body.id, first.id);
  assert.equal(again.body.result, "duplicate");
  assert.deepEqual(await house.sql(`select count(*) from fact where id = '${first.id}'`), ["1"]);
});

test("order of members and spelling of a number do not matter", async () => {
  const fact = payment(nextBag(), "r-none", { amountEur: 900 });
  const first = await created(house, "payments", fact);
  const reversed = JSON.stringify(Object.fromEntries(Object.entries(fact).reverse())).replace('"amountEur":900', '"amountEur":900.00');
  const again = await house.api.post("/v1/payments", reversed);
  assert.equal(again.status, 200, again.text);
  assert.equal(again.body.id, first.id);
});

test("other content or other premises under the same source id: 409", async () => {
  const fact = tip(nextBag());
  await created(house, "tips", fact);
  for (const other of [{ ...fact, count: 9 }, { ...fact, premises: { bagId: nextBag() } }]) {
    const answer = await house.api.post("/v1/tips", other);
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.body.code, "conflict");
  }
});

test("source ids are per client, over all kinds", async () => {
  const bagId = nextBag();
  const fact = tip(bagId);
  await created(house, "tips", fact);
  await created(house, "tips", fact, house.api.client("TOKEN_CITIZEN_TIP"));
  const other = await house.api.post("/v1/registrations", { ...registration(bagId), sourceId: fact.sourceId });
  assert.equal(other.status, 409, other.text);
});

test("a hundred at once, of which ten are different: ten facts", async () => {
  const facts = Array.from({ length: 10 }, () => tip(nextBag()));
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => house.api.post("/v1/tips", facts[i % 10])));
  const created = answers.filter((a) => a.status === 201);
  const duplicates = answers.filter((a) => a.status === 200);
  assert.equal(created.length, 10, answers.map((a) => a.status).join(" "));
  assert.equal(duplicates.length, 90);
  for (let i = 0; i < 100; i++) assert.equal(answers[i]!.body.id, answers[i % 10]!.body.id);
});
