// What people do with an alert: claim, weigh, decide, propose, approve by another; only then the
// municipality hears, and hears no score.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, until } from "./harness/house.ts";
import { alertOf, created, day, nextId, origin, premises, suspicious, tip } from "./harness/facts.ts";
import { Partner } from "./harness/receiver.ts";

const MUNICIPALITY = "00000001821002193000";
const ADDRESS = "127.0.0.4";
let house: House;
let municipality: Partner;

before(async () => {
  house = await House.open("referral");
  const added = await house.command(
    "partner", "add", "gemeente", "--kind", "municipality", "--oin", MUNICIPALITY, "--url", `https://${ADDRESS}:${house.port}/events`,
    "--ca", `${house.dir}/tls/partner-ca.crt`, "--expected-name", "localhost", "--allow-private",
  );
  assert.equal(added.code, 0, added.stderr);
  municipality = new Partner(house, ADDRESS, `${house.dir}/municipality-inbox.ndjson`).start();
  await house.serve();
});
after(async () => {
  municipality.stop();
  await house.close();
});

const reason = "Gezien, gewogen en zo opgeschreven.";
const weighing = Object.fromEntries(["concrete", "recent", "fitsPhenomenon", "proportionate", "subsidiary"].map((q) => [q, { answer: "yes", reason }]));

/** A write on this alert by `who`, with its ETag. */
async function act(alertId: string, who: string, method: string, path: string, body?: unknown) {
  return house.api.change(method, `/v1/alerts/${alertId}${path}`, `/v1/alerts/${alertId}`, await house.api.person(who), body);
}

async function status(alertId: string): Promise<string> {
  return (await house.api.get(`/v1/alerts/${alertId}`, await house.api.person("ANALYST"))).body.status;
}

async function weighed(who = "ANALYST") {
  const home = await suspicious(house);
  const { alert } = await alertOf(house, home.premisesId);
  for (const [path, body] of [["/claims", {}], ["/weighings", weighing]] as const) {
    const answer = await act(alert.id, who, "POST", path, body);
    assert.equal(answer.status, 201, answer.text);
  }
  return { home, alert };
}

test("claim, weigh, decide, refer; a second person approves; the municipality is told, without score", async () => {
  const { home, alert } = await weighed();
  assert.equal(await status(alert.id), "weighing");
  const decided = await act(alert.id, "ANALYST", "POST", "/decisions", { verdict: "founded", reason });
  assert.equal(decided.status, 201, decided.text);
  const proposed = await act(alert.id, "ANALYST", "POST", "/referrals", {
    to: MUNICIPALITY, purpose: "Toezicht op het gebruik", ground: "wgs-1-9", release: [home.payment.id, home.tip2.id],
    question: "Wilt u dit pand bezoeken?", actions: ["M2"], respondBy: day(60),
  });
  assert.equal(proposed.status, 201, proposed.text);
  assert.equal(proposed.body.status, "proposed");

  const approvals = `/v1/referrals/${proposed.body.id}/approvals`;
  const own = await house.api.change("POST", approvals, `/v1/referrals/${proposed.body.id}`, await house.api.person("ANALYST"), { approve: true, note: "zelf" });
  assert.equal(own.status, 403, "the proposer cannot approve");
  assert.equal(municipality.events().length, 0, "nothing is told before a second person agreed");
  const approved = await house.api.change("POST", approvals, `/v1/referrals/${proposed.body.id}`, await house.api.person("ANALYST2"), { approve: true, note: "Mee eens." });
  assert.equal(approved.status, 201, approved.text);

  const event = await municipality.await("referral.created", home.premisesId);
  assert.equal(event.data.referralId, proposed.body.id);
  assert.equal(event.data.weighed, true);
  assert.equal(event.data.facts.length, 2);
  for (const secret of ["score", "level", "explanation"]) assert.ok(!(secret in event.data), secret);
  const told = event.data.facts.find((f: any) => f.kind === "tip");
  assert.match(told.month, /^\d{4}-\d\d$/);
  assert.ok(!("occurredOn" in told), "months, not days, of tips");
  assert.equal(await status(alert.id), "referred");

  const team = house.api.client("MUNICIPALITY_TOKEN");
  const referral = `/v1/referrals/${proposed.body.id}`;
  const acknowledged = await house.api.change("POST", `${referral}/acknowledgements`, referral, team, { answer: "accepted" });
  assert.equal(acknowledged.status, 201, acknowledged.text);
  assert.equal(await status(alert.id), "awaiting-outcome");
  const outcome = await house.api.change("POST", `${referral}/outcomes`, referral, team, {
    sourceId: nextId("o"), occurredOn: day(0), result: "found", phenomenon: "drug-storage", measures: ["closure"], ground: "public-task",
  });
  assert.equal(outcome.status, 201, outcome.text);
  assert.equal(await status(alert.id), "closed");
});

test("an unfounded verdict closes; the same facts raise nothing again, a new one can", async () => {
  const { home, alert } = await weighed();
  assert.equal((await act(alert.id, "ANALYST", "POST", "/decisions", { verdict: "unfounded", reason })).status, 201);
  assert.equal(await status(alert.id), "closed");
  await until("the level to fall", async () => (await premises(house, home.premisesId)).level === "none");
  const sent = await created(house, "tips", tip(home.bagId, { occurredOn: day(0), category: "cameras", count: 1, itemKinds: undefined, origin: origin(3) }));
  assert.equal(sent.premisesId, home.premisesId);
  await until("the tip to be assessed", async () => (await house.api.get(`/v1/premises/${home.premisesId}/assessments`, await house.api.person("ANALYST"))).body.items.length > 1);
  assert.ok(!(await premises(house, home.premisesId)).openAlertId);
});

test("only what the table of states allows, only by who holds it, only with the newest ETag", async () => {
  const home = await suspicious(house);
  const { alert } = await alertOf(house, home.premisesId);
  const path = `/v1/alerts/${alert.id}`;
  const analyst = await house.api.person("ANALYST");

  const unclaimed = await act(alert.id, "ANALYST", "POST", "/weighings", weighing);
  assert.equal(unclaimed.status, 409, unclaimed.text);
  assert.equal(unclaimed.body.code, "transition");
  assert.equal((await house.api.post(`${path}/claims`, {}, analyst)).status, 428);
  assert.equal((await house.api.call("POST", `${path}/claims`, { ...analyst, headers: { "if-match": '"999999"' } }, {})).status, 412);
  assert.equal((await act(alert.id, "ANALYST", "POST", "/claims", {})).status, 201);
  assert.ok([403, 409].includes((await act(alert.id, "ANALYST2", "POST", "/weighings", weighing)).status));
  const early = await act(alert.id, "ANALYST", "POST", "/decisions", { verdict: "founded", reason });
  assert.equal(early.status, 409, "founded needs a weighing");
  assert.equal((await act(alert.id, "ANALYST", "DELETE", "/claims/current")).status, 204);
  assert.equal(await status(alert.id), "new");
});

test("two analysts who ask for the next alert get different ones", async () => {
  await Promise.all([suspicious(house), suspicious(house)].map(async (home) => alertOf(house, (await home).premisesId)));
  const [one, two] = await Promise.all(["ANALYST", "ANALYST2"].map(async (who) => house.api.post("/v1/alerts/_next", {}, await house.api.person(who))));
  assert.equal(one!.status, 200, one!.text);
  assert.equal(two!.status, 200, two!.text);
  assert.notEqual(one!.body.id, two!.body.id);
});
