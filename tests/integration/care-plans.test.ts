// During the tenancy: plans, reminders that survive restarts, what was done; and fairness by finding.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, until } from "./harness/house.ts";
import { at, day, nextBag, nextId, type Fact } from "./harness/facts.ts";

let house: House;
before(async () => {
  house = await House.open("care-plans");
  house.configure((text) => `${text}letting:\n  remind: 200ms\n`);
  await house.serve();
});
after(() => house.close());

const landlord = () => house.api.client("LANDLORD_TOKEN");
const other = () => house.api.client("LANDLORD2_TOKEN");
const plan = (more: Fact = {}) => ({ sourceId: nextId("p"), ...at(nextBag()), subject: "inspection", object: "garage-box", ...more });
const post = (body: Fact, caller = landlord()) => house.api.post("/v1/care-plans", body, caller);
const reminders = async (id: string) => (await house.api.get("/v1/care-reminders?limit=100", landlord())).body.items.filter((r: any) => r.plan === id);

test("business premises, boxes and barns every quarter; payments every month", async () => {
  for (const [subject, object, days] of [["inspection", "business-unit", 92], ["inspection", "garage-box", 92], ["inspection", "barn", 92], ["payments", "home", 31], ["locks", "room", 92]] as const) {
    const answer = await post(plan({ subject, object }));
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual([answer.body.status, answer.body.nextOn], ["planned", day(days)], `${subject} ${object}`);
  }
});

test("a home or a room is inspected only as agreed", async () => {
  for (const object of ["home", "room"]) {
    const refused = await post(plan({ object }));
    assert.equal(refused.status, 400);
    assert.deepEqual(refused.body.invalidParams.map((p: any) => [p.name, p.code]), [["/agreed", "not-allowed"]]);
    assert.equal((await post(plan({ object, agreed: true }))).status, 201);
  }
});

test("the same plan again is the same; another landlord sees and ends none of it", async () => {
  const body = plan();
  const made = await post(body);
  const again = await post(body);
  assert.deepEqual([again.status, again.body], [200, made.body]);
  assert.equal((await post({ ...body, everyDays: 30 })).status, 409);
  assert.ok(!(await house.api.get("/v1/care-plans?limit=100", other())).body.items.some((p: any) => p.id === made.body.id));
  assert.equal((await house.api.call("DELETE", `/v1/care-plans/${made.body.id}`, other())).status, 404);
  assert.equal((await house.api.call("DELETE", `/v1/care-plans/${made.body.id}`, landlord())).status, 204);
  assert.ok(!(await house.api.get("/v1/care-plans?limit=100", landlord())).body.items.some((p: any) => p.id === made.body.id));
});

test("what is due is reminded of once, also when the daemon was killed in between; by letter as a row for the mailer", async () => {
  const soon = await post(plan({ nextOn: day(3), remindBy: "mail", remindTo: "eigenaar@example.nl" }));
  assert.equal(soon.status, 201, soon.text);
  await until("a reminder", async () => (await reminders(soon.body.id)).length === 1);
  await house.kill9();
  const later = await house.sql(`select count(*) from outgoing_mail where kind = 'care-due'`);
  await house.serve();
  const other = await post(plan({ nextOn: day(2) }));
  await until("the next reminder", async () => (await reminders(other.body.id)).length === 1);
  assert.deepEqual((await reminders(soon.body.id)).map((r: any) => [r.dueOn, r.state]), [[day(3), "sent"]]);
  assert.deepEqual(later, ["1"]);
  assert.deepEqual(await house.sql("select count(*) from outgoing_mail where kind = 'care-due'"), later);
  const [stored] = await house.sql(`select encode(sealed_to, 'escape') from care_plan where id = '${soon.body.id}'`);
  assert.ok(!stored!.includes("example"), "the address is sealed");
  assert.equal((await post(plan({ nextOn: day(300) }))).status, 201);
});

test("a webhook is tried and tried again, never at a private address", async () => {
  const made = await post(plan({ nextOn: day(1), remindBy: "webhook", remindTo: "https://127.0.0.1:9/hook" }));
  await until("an attempt", async () => (await house.sql(`select attempts from care_reminder where plan = '${made.body.id}'`))[0] === "1");
  assert.deepEqual((await reminders(made.body.id)).map((r: any) => r.state), ["pending"]);
  assert.equal((await post(plan({ remindBy: "webhook", remindTo: "http://example.nl/" }))).status, 400);
  assert.equal((await post(plan({ remindBy: "mail", remindTo: "nobody" }))).status, 400);
});

test("what was done moves the date on and stands in the duty-of-care file", async () => {
  const bag = nextBag();
  const made = await post(plan({ ...at(bag), nextOn: day(20) }));
  const held = { sourceId: nextId("h"), heldOn: day(-1), result: "as-agreed" };
  const answer = await house.api.post(`/v1/care-plans/${made.body.id}/inspections`, held, landlord());
  assert.deepEqual([answer.status, answer.body.nextOn], [201, day(91)], answer.text);
  assert.equal((await house.api.post(`/v1/care-plans/${made.body.id}/inspections`, held, landlord())).status, 200);
  assert.equal((await house.api.post(`/v1/care-plans/${made.body.id}/inspections`, { ...held, result: "not-admitted" }, landlord())).status, 409);
  assert.equal((await house.api.post(`/v1/care-plans/${made.body.id}/inspections`, { ...held, sourceId: nextId("h") }, other())).status, 404);
  const check = (await house.api.post("/v1/tenant-checks", { sourceId: nextId("c"), ...at(bag), stage: "during", noticeGiven: true }, landlord())).body;
  const { premisesId } = (await house.api.get(`/v1/tenant-checks/${check.id}/receipt`, landlord())).body;
  const file = (await house.api.get(`/v1/duty-of-care-files/${premisesId}`, landlord())).body;
  assert.deepEqual(file.more.map((m: any) => [m.kind, m.what]), [["inspection", { heldOn: day(-1), result: "as-agreed" }]]);
});

test("rejections by finding for the auditor: counts, no premises, no person; reasons in writing first", async () => {
  const check = async () => (await house.api.post("/v1/tenant-checks", { sourceId: nextId("c"), ...at(nextBag()), stage: "selected", noticeGiven: true }, other())).body.id;
  const reject = (id: string, body: Fact, caller = other()) => house.api.post(`/v1/tenant-checks/${id}/rejections`, body, caller);
  const [first, second] = [await check(), await check()];
  assert.equal((await reject(first, { findings: ["T05"], motivated: false })).status, 400);
  assert.equal((await reject(first, { findings: ["T05", "T22"], motivated: true })).status, 400);
  assert.equal((await reject(first, { findings: ["T05"], motivated: true, reason: "x" })).status, 400, "no free text");
  assert.equal((await reject(first, { findings: ["T05", "T04"], motivated: true })).status, 201);
  assert.equal((await reject(first, { findings: ["T05"], motivated: true })).status, 200);
  assert.equal((await reject(second, { findings: [], motivated: true })).status, 201);
  assert.equal((await reject(second, { findings: [], motivated: true }, landlord())).status, 404);
  const seen = (await house.api.get("/v1/landlord-rejections", await house.api.person("AUDITOR"))).body.items;
  assert.equal(seen.length, 1);
  assert.deepEqual({ ...seen[0], landlord: "" }, { landlord: "", checks: 2, rejections: 2, unexplained: 1, byFinding: { T04: 1, T05: 1 } });
});
