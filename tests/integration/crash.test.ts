// kill -9 of the daemon between any two steps: nothing acknowledged is lost, nothing is told twice under two ids.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, sleep, until } from "./harness/house.ts";
import { created, day, nextBag, origin, payment, premises, registration, suspicious, tip } from "./harness/facts.ts";
import { Partner, Unruly } from "./harness/receiver.ts";

// A lane that a killed process held is taken over when its lease of 30 s has run out.
const LEASE = 45_000;

let house: House;
before(async () => void (house = await House.start("crash")));
after(() => house.close());

async function crash() {
  await house.kill9();
  await house.serve();
}

test("between any two steps of the main job", async () => {
  const desk = new Partner(house).start();
  const bagId = nextBag();
  const lease = registration(bagId);
  await created(house, "registrations", lease);
  await crash();
  await created(house, "payments", payment(bagId, lease.sourceId as string));
  await crash();
  await created(house, "tips", tip(bagId, { occurredOn: day(-9), origin: origin(1) }));
  await crash();
  const last = await created(house, "tips", tip(bagId, { count: 6, origin: origin(2) }));
  await crash();
  const event = await desk.await("alert.raised", last.premisesId, LEASE);
  await crash();
  await sleep(1500);
  const raised = desk.events().filter((e) => e.subject === last.premisesId && e.type === "nl.pandwacht.alert.raised");
  assert.deepEqual(new Set(raised.map((e) => e.id)), new Set([event.id]));
  assert.deepEqual(await house.sql(`select count(*) from alert where premises = '${last.premisesId}'`), ["1"]);
  desk.stop();
});

test("right after the acknowledgement, before anything was assessed", async () => {
  const desk = new Partner(house).start();
  const bagId = nextBag();
  const lease = registration(bagId);
  const facts = [
    ["registrations", lease], ["payments", payment(bagId, lease.sourceId as string)],
    ["tips", tip(bagId, { occurredOn: day(-9), origin: origin(1) })], ["tips", tip(bagId, { count: 6, origin: origin(2) })],
  ] as const;
  const answers = await Promise.all(facts.map(([collection, fact]) => created(house, collection, fact)));
  await house.kill9();
  await house.serve();
  await desk.await("alert.raised", answers[0].premisesId, LEASE);
  desk.stop();
});

test("while the partner has taken it but not yet answered: told again under the same id", async () => {
  const partner = await new Unruly(house).start();
  partner.mode = "hang";
  const home = await suspicious(house);
  await until("the request to hang", async () => partner.requests >= 1);
  await house.kill9();
  partner.mode = "accept";
  await house.serve();
  const event = await partner.await("alert.raised", home.premisesId, LEASE);
  assert.deepEqual(await house.sql(`select id from outbox where premises = '${home.premisesId}'`), [event.id]);
  await partner.stop();
});

test("ten times under load: every acknowledged fact is there, once, and assessed", async () => {
  const acknowledged = new Map<string, { id: string; premisesId: string }>();
  let stop = false;
  const writer = async (n: number) => {
    for (let i = 0; !stop; i++) {
      const fact = tip(nextBag(), { sourceId: `crash-${n}-${i}` });
      for (;;) {
        const answer = await house.api.post("/v1/tips", fact).catch(() => undefined);
        if (answer !== undefined && (answer.status === 200 || answer.status === 201)) {
          acknowledged.set(fact.sourceId as string, answer.body);
          break;
        }
        await sleep(30);
      }
    }
  };
  const writers = Array.from({ length: 4 }, (_, n) => writer(n));
  for (let i = 0; i < 10; i++) {
    const enough = acknowledged.size + 5 + i * 3;
    await until("facts to be acknowledged", async () => acknowledged.size >= enough, 45_000);
    await crash();
  }
  stop = true;
  await Promise.all(writers);
  assert.ok(acknowledged.size > 100, `${acknowledged.size} facts`);
  const rows = new Map((await house.sql("select source_id, id from fact where source_id like 'crash-%'")).map((row) => row.split("|") as [string, string]));
  assert.equal(rows.size, acknowledged.size);
  for (const [sourceId, fact] of acknowledged) assert.equal(rows.get(sourceId), fact.id);
  await until("every premises to be assessed", async () => (await house.sql("select count(distinct premises) from fact f where source_id like 'crash-%' and not exists (select 1 from assessment a where a.premises = f.premises)"))[0] === "0", 45_000);
  const [any] = acknowledged.values();
  assert.equal((await premises(house, any!.premisesId)).level, "none");
});

test("SIGTERM: what was asked is answered, then it ends by itself with status 0", async () => {
  const answers = Promise.allSettled(Array.from({ length: 40 }, () => house.api.post("/v1/tips", tip(nextBag()))));
  await sleep(5);
  assert.equal(await house.stop(), 0);
  for (const result of await answers) if (result.status === "fulfilled") assert.ok([201, 503].includes(result.value.status));
  await house.serve();
});
