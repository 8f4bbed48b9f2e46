// Getting in, declaring premises, and reporting what was seen: the answer is the same whatever becomes of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, sleep, until } from "./harness/house.ts";
import type { Caller } from "./harness/api.ts";
import { at, day, nextBag, nextId, type Fact } from "./harness/facts.ts";

let house: House;
before(async () => void (house = await House.start("landlords")));
after(() => house.close());

const officer = () => house.api.person("OFFICER");
const landlord = () => house.api.client("LANDLORD_TOKEN");

const invitation = (more: Fact = {}) => ({ email: `${nextId("mail")}@example.nl`, kind: "private", wwftLiable: false, municipality: "Vossewaard", expiresOn: day(14), ...more });
const acceptance = (code: string, more: Fact = {}) => ({ code, termsVersion: "2026-1", password: "een heel lang wachtwoord", totpSecretConfirmed: true, ...more });
const invite = async (more: Fact = {}) => {
  const answer = await house.api.post("/v1/landlord-invitations", invitation(more), await officer());
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
};
const accept = (id: string, body: Fact) => house.api.post(`/v1/landlord-invitations/${id}/acceptances`, body, {});

async function checked(premises: Fact, caller: Caller = landlord()): Promise<string> {
  const answer = await house.api.post("/v1/tenant-checks", { sourceId: nextId("c"), ...premises, stage: "during", noticeGiven: true }, caller);
  assert.equal(answer.status, 201, answer.text);
  return answer.body.id;
}

const bodies: Record<string, Fact> = {
  "identity-check": { original: "shown", method: "reader-app", result: "passed", document: { scheme: "document", value: "SPECI2014" } },
  "document-check": { document: "payslip", result: "confirmed", monthsCompared: 3, monthsDiffering: 0 },
  payment: { method: "cash", purpose: "rent", amountEur: 900, term: day(-40).slice(0, 7), payerIsTenant: "no", payer: { scheme: "iban", value: "NL91ABNA0417164300" } },
  "tenancy-event": { event: "locks-changed", consent: "no" },
  "landlord-check": { event: "held", category: "nothing-found" },
  "meter-reading": { medium: "electricity", holderIsLandlord: "yes", percentOfBaseline: 120 },
  application: { purpose: "storage", contactBy: "applicant" },
};
const observation = (kind: string, more: Fact = {}) => ({ sourceId: nextId("o"), kind, occurredOn: day(-3), ground: "wet-goed-verhuurderschap", ...bodies[kind], ...more });
const observe = (check: string, body: Fact, caller: Caller = landlord()) => house.api.post(`/v1/tenant-checks/${check}/observations`, body, caller);
const stateOf = async (id: string) => (await house.sql(`select state from observation where id = '${id}'`))[0];

async function declared(premises: Fact, caller: Caller = landlord(), answer = "confirmed"): Promise<string> {
  const made = await house.api.post("/v1/premises-declarations", { sourceId: nextId("d"), ...premises, role: "owner", since: day(-100) }, caller);
  assert.equal(made.status, 202, made.text);
  assert.deepEqual(Object.keys(made.body).sort(), ["id", "status"]);
  assert.equal(made.body.status, "pending");
  const decided = await house.api.post(`/v1/premises-declarations/${made.body.id}/decisions`, { answer, ...(answer === "refused" ? { reason: "niet de eigenaar" } : {}) }, await officer());
  assert.equal(decided.status, 201, decided.text);
  assert.equal(decided.body.status, answer);
  return made.body.id;
}

test("an invited landlord accepts, signs in and does a check of his own", async () => {
  const { id, code, status } = await invite({ email: "Eigenaar@Example.NL" });
  assert.equal(status, "sent");
  const wrong = await accept(id, acceptance("not-the-code"));
  assert.equal(wrong.status, 404);
  const joined = await accept(id, acceptance(code));
  assert.equal(joined.status, 201, joined.text);
  assert.equal(joined.body.user, "eigenaar@example.nl");
  assert.equal((await accept(id, acceptance(code))).status, 404, "a code works once");

  const signed = await house.api.post("/v1/sessions", { user: "eigenaar@example.nl", password: "een heel lang wachtwoord", kind: "bearer" }, {});
  assert.equal(signed.status, 201, signed.text);
  assert.deepEqual(signed.body.roles, ["landlord"]);
  const self = { token: signed.body.accessToken };
  await checked(at(nextBag()), self);
  assert.equal((await house.api.get("/v1/alerts", self)).status, 403);
  const stored = await house.sql(`select encode(sealed_email, 'escape') from landlord_invitation where id = '${id}'`);
  assert.ok(!stored[0]!.toLowerCase().includes("example"), "the address is sealed");
});

test("five wrong codes, a date in the past, a foreign municipality: no way in", async () => {
  const { id, code } = await invite();
  for (let i = 0; i < 5; i++) assert.equal((await accept(id, acceptance(`guess-${i}`))).status, 404);
  assert.equal((await accept(id, acceptance(code))).status, 404);
  const faults = async (more: Fact) => {
    const answer = await house.api.post("/v1/landlord-invitations", invitation(more), await officer());
    assert.equal(answer.status, 400, answer.text);
    return answer.body.invalidParams.map((p: any) => [p.name, p.code]);
  };
  assert.deepEqual(await faults({ expiresOn: day(-1) }), [["/expiresOn", "range"]]);
  assert.deepEqual(await faults({ municipality: "Nergenshuizen" }), [["/municipality", "reference"]]);
  assert.deepEqual(await faults({ kind: "friend", email: "nobody" }), [["/email", "pattern"], ["/kind", "enum"]]);
  assert.deepEqual(await faults({ bsn: "123456782" }), [["/bsn", "not-allowed"]]);
  const short = await invite();
  const answer = await accept(short.id, acceptance(short.code, { password: "kort" }));
  assert.deepEqual(answer.body.invalidParams.map((p: any) => [p.name, p.code]), [["/password", "length"]]);
});

test("declared or not, watched or not: one answer; only what is declared goes on", async () => {
  const mine = nextBag(), unknown = nextBag();
  const id = await declared(at(mine));
  const [declaredCheck, unknownCheck] = [await checked(at(mine)), await checked(at(unknown))];
  for (const kind of Object.keys(bodies)) {
    const first = await observe(declaredCheck, observation(kind));
    const second = await observe(unknownCheck, observation(kind));
    for (const answer of [first, second]) {
      assert.equal(answer.status, 202, `${kind}: ${answer.text}`);
      assert.deepEqual({ ...answer.body, id: "" }, { id: "", status: "received" });
    }
    assert.deepEqual(Object.keys(first.headers).sort(), Object.keys(second.headers).sort());
    assert.equal(first.text.length, second.text.length);
    await until(`${kind} to enter`, async () => (await stateOf(first.body.id)) === "entered");
    assert.equal(await stateOf(second.body.id), "waiting");
  }
  const facts = await house.sql(`select kind, source_class from fact f join premises p on p.id = f.premises where p.bag_id = '${mine}' order by kind`);
  assert.deepEqual(facts, Object.keys(bodies).sort().map((kind) => `${kind}|0`), "as class lease-admin");
  assert.deepEqual(await house.sql(`select count(*) from premises where bag_id = '${unknown}'`), ["0"]);
  assert.deepEqual(await house.sql("select count(*) from observation where state = 'entered' and sealed_body is not null"), ["0"]);
  assert.ok((await house.api.get("/v1/premises-declarations?limit=100", landlord())).body.items.some((d: any) => d.id === id && d.status === "confirmed"));
});

test("what waits goes on when the premises are declared after all, or by a municipal check, or ends there", async () => {
  const bag = nextBag();
  const check = await checked(at(bag));
  const early = (await observe(check, observation("tenancy-event"))).body.id;
  assert.equal(await stateOf(early), "waiting");
  await declared(at(bag));
  await until("the early one to enter", async () => (await stateOf(early)) === "entered");

  const other = await checked(at(nextBag()));
  const [passed, ended] = [(await observe(other, observation("payment"))).body.id, (await observe(other, observation("payment"))).body.id];
  const held = (await house.api.get("/v1/held-observations?limit=100", await officer())).body.items;
  const shown = held.find((h: any) => h.id === passed);
  assert.deepEqual(Object.keys(shown).sort(), ["id", "kind", "landlord", "premises", "receivedAt"], "what kind, of which premises, never its content");
  const decide = async (id: string, body: Fact) => house.api.post(`/v1/held-observations/${id}/decisions`, body, await officer());
  assert.equal((await decide(passed, { answer: "confirmed" })).status, 201);
  assert.equal((await decide(ended, { answer: "refused" })).status, 400, "a refusal has its reason");
  assert.equal((await decide(ended, { answer: "refused", reason: "geen verhuurder" })).status, 201);
  assert.equal((await decide(ended, { answer: "confirmed" })).status, 404);
  await until("the passed one to enter", async () => (await stateOf(passed)) === "entered");
  assert.equal(await stateOf(ended), "refused");
  assert.deepEqual(await house.sql(`select count(*) from observation where id = '${ended}' and sealed_body is null`), ["1"]);
});

test("observations are refused with all their faults, and none of it is kept", async () => {
  const check = await checked(at(nextBag()));
  const faults = async (body: Fact) => {
    const answer = await observe(check, body);
    assert.equal(answer.status, 400, answer.text);
    return answer.body.invalidParams.map((p: any) => [p.name, p.code]);
  };
  const before = await house.sql("select count(*) from observation");
  assert.deepEqual(await faults(observation("tip", { channel: "mma" })), [["/kind", "enum"]]);
  assert.deepEqual(await faults(observation("payment", { nationality: "x" })), [["/nationality", "not-allowed"]]);
  assert.deepEqual(await faults(observation("payment", { payer: { scheme: "iban", value: "NL91ABNA0417164301" } })), [["/payer/value", "checksum"]]);
  assert.deepEqual(await faults(observation("payment", { premises: { bagId: nextBag() } })), [["/premises", "reference"]]);
  assert.deepEqual(await faults(observation("meter-reading", { holderIsLandlord: "no" })), [["/holderIsLandlord", "not-allowed"]]);
  const { ground: _, ...bare } = observation("payment") as Fact;
  assert.deepEqual(await faults(bare), [["/ground", "required"]]);
  assert.deepEqual(await house.sql("select count(*) from observation"), before);
});

test("the same observation again is the same; another landlord's check does not exist", async () => {
  const bag = nextBag();
  const check = await checked(at(bag));
  const body = observation("payment", at(bag));
  const first = await observe(check, body);
  const again = await observe(check, body);
  assert.deepEqual([first.status, again.status, again.body], [202, 202, first.body]);
  assert.equal((await observe(check, { ...body, amountEur: 901 })).status, 409);
  assert.equal((await observe(check, observation("payment"), house.api.client("LANDLORD2_TOKEN"))).status, 404);
});

test("a declaration is decided once, with a reason when it is refused, and ended by its landlord", async () => {
  const id = await declared(at(nextBag()), landlord(), "refused");
  const again = await house.api.post(`/v1/premises-declarations/${id}/decisions`, { answer: "confirmed" }, await officer());
  assert.equal(again.status, 409);
  assert.equal(again.body.code, "transition");
  const bag = nextBag();
  const confirmed = await declared(at(bag));
  assert.equal((await house.api.call("DELETE", `/v1/premises-declarations/${confirmed}`, house.api.client("LANDLORD2_TOKEN"))).status, 404);
  assert.equal((await house.api.call("DELETE", `/v1/premises-declarations/${confirmed}`, landlord())).status, 204);
  const late = (await observe(await checked(at(bag)), observation("payment"))).body.id;
  await sleep(300);
  assert.equal(await stateOf(late), "waiting");
});

test("what was reported survives a killed daemon and enters once", async () => {
  const bag = nextBag();
  await declared(at(bag));
  const check = await checked(at(bag));
  const ids = (await Promise.all(Array.from({ length: 20 }, () => observe(check, observation("tenancy-event"))))).map((a) => a.body.id);
  await house.kill9();
  await house.serve();
  for (const id of ids) await until("it to enter", async () => (await stateOf(id)) === "entered");
  assert.deepEqual(await house.sql(`select count(*) from fact f join premises p on p.id = f.premises where p.bag_id = '${bag}'`), ["20"]);
});
