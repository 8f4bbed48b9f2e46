// The database goes away and comes back: nothing acknowledged is lost, callers are told to try again.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, sleep, until } from "./harness/house.ts";
import { created, nextBag, suspicious, tip } from "./harness/facts.ts";
import { Partner } from "./harness/receiver.ts";

let house: House;
let desk: Partner;
before(async () => {
  house = await House.start("database");
  desk = new Partner(house).start();
});
after(async () => {
  desk.stop();
  await house.close();
});

const ready = async () => (await fetch(`http://127.0.0.1:${house.opsPort}/health/ready`)).status;

test("while it is away: 503 with Retry-After, alive but not ready; then everything goes on by itself", async () => {
  await created(house, "tips", tip(nextBag()));
  await house.cluster("stop", "immediate");
  const fact = tip(nextBag());
  const refused = await house.api.post("/v1/tips", fact);
  assert.equal(refused.status, 503, refused.text);
  assert.equal(refused.body.code, "unavailable");
  assert.ok(Number(refused.headers["retry-after"]) > 0);
  assert.equal((await fetch(`http://127.0.0.1:${house.opsPort}/health/live`)).status, 200);
  await until("not ready", async () => (await ready()) === 503);

  await house.cluster("start");
  await until("ready again", async () => (await ready()) === 200, 10_000);
  const answer = await house.api.post("/v1/tips", fact);
  assert.ok([200, 201].includes(answer.status), answer.text);
  const home = await suspicious(house);
  await desk.await("alert.raised", home.premisesId);
});

test("killed hard under load, again and again: what was acknowledged is there, once", async () => {
  const acknowledged = new Map<string, string>();
  let stop = false;
  const writer = async (n: number) => {
    for (let i = 0; !stop; i++) {
      const fact = tip(nextBag(), { sourceId: `load-${n}-${i}` });
      for (;;) {
        const answer = await house.api.post("/v1/tips", fact).catch(() => undefined);
        if (answer !== undefined && (answer.status === 201 || answer.status === 200)) {
          acknowledged.set(fact.sourceId as string, answer.body.id);
          break;
        }
        if (answer !== undefined) assert.equal(answer.status, 503, answer.text);
        await sleep(50);
      }
    }
  };
  const writers = Array.from({ length: 4 }, (_, n) => writer(n));
  for (let round = 0; round < 3; round++) {
    await sleep(700);
    await house.cluster("stop", "immediate");
    await sleep(200);
    await house.cluster("start");
  }
  await sleep(1000);
  stop = true;
  await Promise.all(writers);
  assert.ok(acknowledged.size > 50, `${acknowledged.size} facts`);
  const rows = new Map((await house.sql("select source_id, id from fact where source_id like 'load-%'")).map((row) => row.split("|") as [string, string]));
  assert.equal(rows.size, acknowledged.size);
  for (const [sourceId, id] of acknowledged) assert.equal(rows.get(sourceId), id);
});

test("a writing transaction held open elsewhere delays, and loses nothing", async () => {
  const holder = house.sql("begin; create temporary table t (x int); select pg_current_xact_id(); select pg_sleep(3); commit");
  await sleep(300);
  const home = await suspicious(house);
  await holder;
  await desk.await("alert.raised", home.premisesId);
});
