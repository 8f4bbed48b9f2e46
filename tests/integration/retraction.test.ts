// Facts that turn out wrong: retracted or corrected, the dossier is computed anew and the alert withdrawn.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, until } from "./harness/house.ts";
import { alertOf, created, day, nextBag, nextId, premises, suspicious, tip } from "./harness/facts.ts";
import { Partner } from "./harness/receiver.ts";

let house: House;
let desk: Partner;
before(async () => {
  house = await House.start("retraction");
  desk = new Partner(house).start();
});
after(async () => {
  desk.stop();
  await house.close();
});

const retraction = (reason = "false") => ({ sourceId: nextId("x"), reason, occurredOn: day(0), ground: "public-task" });

test("retracting what it rested on withdraws the alert, and the partner hears it", async () => {
  const home = await suspicious(house);
  const { alert } = await alertOf(house, home.premisesId);
  await desk.await("alert.raised", home.premisesId);

  const answer = await house.api.post(`/v1/payments/${home.payment.id}/retractions`, retraction());
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.body.kind, "retraction");

  const event = await desk.await("alert.withdrawn", home.premisesId);
  assert.equal(event.data.alertId, alert.id);
  assert.equal(event.data.status, "withdrawn");
  assert.equal(event.data.reason, "retraction");
  assert.ok(event.data.facts.includes(home.payment.id));
  const analyst = await house.api.person("ANALYST");
  assert.equal((await house.api.get(`/v1/alerts/${alert.id}`, analyst)).body.status, "withdrawn");
  const fact = await house.api.get(`/v1/payments/${home.payment.id}`, house.api.source);
  assert.equal(fact.body.status, "retracted");
});

test("a second retraction: 409; another client's fact: 404; another collection's: 404", async () => {
  const made = await created(house, "tips", tip(nextBag()));
  assert.equal((await house.api.post(`/v1/tips/${made.id}/retractions`, retraction(), house.api.client("TOKEN_CITIZEN_TIP"))).status, 404);
  assert.equal((await house.api.post(`/v1/payments/${made.id}/retractions`, retraction())).status, 404);
  assert.equal((await house.api.post(`/v1/tips/${made.id}/retractions`, retraction())).status, 201);
  const again = await house.api.post(`/v1/tips/${made.id}/retractions`, retraction());
  assert.equal(again.status, 409, again.text);
});

test("a correction to another house moves the fact, and both dossiers follow", async () => {
  const home = await suspicious(house);
  await alertOf(house, home.premisesId);
  const elsewhere = nextBag();
  const { sourceId: _, ...fact } = tip(elsewhere, { occurredOn: day(-2), count: 6, origin: { scheme: "phone", value: "0612345602" } });
  const answer = await house.api.post(`/v1/tips/${home.tip2.id}/corrections`, { sourceId: nextId("c"), fact, reason: "wrong-premises", ground: "public-task" });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.body.kind, "correction");
  assert.match(answer.body.replacedBy, /^[0-9a-f-]{36}$/);

  await until("the alert to go", async () => !(await premises(house, home.premisesId)).openAlertId);
  const moved = await house.api.get(`/v1/tips/${answer.body.replacedBy}`, house.api.source);
  assert.equal(moved.status, 200);
  assert.notEqual(moved.body.premisesId, home.premisesId);
  const event = await desk.await("alert.withdrawn", home.premisesId);
  assert.equal(event.data.reason, "correction");
});

test("an operator retracts in the name of who sent it, once, and of nobody else", async () => {
  const bagId = nextBag();
  const sent = await created(house, "tips", tip(bagId), { token: house.secret("TOKEN_CITIZEN_TIP") });
  const retract = (client: string, sourceId: string) =>
    house.command("facts", "retract", sent.id, "--client", client, "--source-id", sourceId, "--reason", "entry-error", "--ground", "public-task");
  const foreign = await retract("toezicht", nextId("o"));
  assert.equal(foreign.code, 1);
  assert.match(foreign.stderr, /not sent by this client/);
  const sourceId = nextId("o");
  const ended = await retract("meldpunt", sourceId);
  assert.match(ended.stdout, /^[0-9a-f-]{36}\n$/);
  assert.equal((await retract("meldpunt", sourceId)).stdout, ended.stdout);
  assert.equal((await retract("meldpunt", nextId("o"))).code, 1);
  assert.deepEqual(await house.sql(`select status from fact where id = '${sent.id}'`), ["retracted"]);
  assert.equal((await house.command("facts", "retract", sent.id, "--client", "meldpunt", "--source-id", "x", "--reason", "boredom", "--ground", "public-task")).code, 2);
});
