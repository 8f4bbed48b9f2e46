// A partner that misbehaves is tried again and delays nobody; one that is not who it should be hears nothing.

import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { House, sleep, until } from "./harness/house.ts";
import { created, nextBag, suspicious, tip } from "./harness/facts.ts";
import { Unruly, type Mode } from "./harness/receiver.ts";

let house: House;
let partner: Unruly;

before(async () => {
  house = await House.open("partner");
  house.configure((text) => text.replace("retry-max: 10s", "retry-max: 1s\n  deadline: 1500ms"));
  await house.serve();
});
after(() => house.close());
beforeEach(() => void (partner = new Unruly(house)));
afterEach(() => partner.stop());

const outbox = (premisesId: string, column: string) => house.sql(`select ${column} from outbox where premises = '${premisesId}' order by sequence`);

for (const mode of ["refuse", "busy", "hang", "redirect", "big"] satisfies Mode[]) {
  test(`it ${mode}s at first: tried again until accepted, the same id every time`, async () => {
    partner.mode = mode;
    await partner.start();
    const home = await suspicious(house);
    await until("two attempts", async () => partner.requests >= 2);
    assert.deepEqual(await outbox(home.premisesId, "state"), ["pending"]);
    partner.mode = "accept";
    const event = await partner.await("alert.raised", home.premisesId, 20_000);
    assert.deepEqual(await outbox(home.premisesId, "id"), [event.id]);
    await until("delivery to be recorded", async () => (await outbox(home.premisesId, "state"))[0] === "delivered");
    assert.equal(partner.redirected, 0, "a redirect is never followed");
  });
}

for (const certificate of ["partner-name", "partner-expired", "foreign-partner", "source-usage"]) {
  test(`a server whose certificate is wrong (${certificate}) is told nothing`, async () => {
    await partner.start(certificate);
    const home = await suspicious(house);
    await until("an attempt", async () => Number((await outbox(home.premisesId, "attempts"))[0]) >= 2);
    assert.equal(partner.requests, 0);
    assert.deepEqual(await outbox(home.premisesId, "state"), ["pending"]);
    await partner.stop();
    partner = await new Unruly(house).start();
    await partner.await("alert.raised", home.premisesId, 20_000);
  });
}

test("nobody there: intake and the queue go on; when it comes back it gets everything, in order", async () => {
  const homes = [await suspicious(house), await suspicious(house)];
  await created(house, "tips", tip(nextBag()));
  await until("attempts", async () => Number((await outbox(homes[1]!.premisesId, "attempts"))[0]) >= 1);
  await partner.start();
  for (const home of homes) await partner.await("alert.raised", home.premisesId, 20_000);
  for (const home of homes) {
    const sequences = partner.accepted.filter((e) => e.subject === home.premisesId).map((e) => BigInt(e.sequence));
    assert.deepEqual(sequences, [...sequences].sort((a, b) => Number(a - b)));
  }
});

test("what was accepted is not sent again", async () => {
  await partner.start();
  const home = await suspicious(house);
  await partner.await("alert.raised", home.premisesId, 20_000);
  await sleep(2500);
  assert.equal(partner.accepted.filter((e) => e.subject === home.premisesId && e.type.endsWith("raised")).length, 1);
});
