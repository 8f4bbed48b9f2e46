// What is wrong is refused with its place and remedy, all faults at once, never echoing a value.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House, root } from "./harness/house.ts";
import type { Answer, Problem } from "./harness/api.ts";
import { created, day, nextBag, payment, registration, tip } from "./harness/facts.ts";

let house: House;
before(async () => void (house = await House.start("bad-input")));
after(() => house.close());

function problem(answer: Answer, status: number, code: string): Problem {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers["content-type"], "application/problem+json");
  assert.ok(answer.headers["api-version"], "API-Version");
  const body = answer.body as Problem;
  assert.equal(body.code, code);
  assert.equal(body.status, status);
  assert.equal(body.type, `https://pandwacht.nl/problems/${code}`);
  assert.ok(body.title.length > 0);
  return body;
}

const faults = (body: Problem) => (body.invalidParams ?? []).map((p) => `${p.name} ${p.code}`).sort();

test("malformed JSON", async () => {
  for (const text of ["", "{", '{"a":1,}', "[1,2", '{"a":"\t"}', "nul", '{"a":1}{"b":2}'])
    assert.deepEqual(faults(problem(await house.api.post("/v1/tips", text), 400, "invalid")), [" json-syntax"], text);
});

test("valid JSON that is no fact", async () => {
  for (const text of ["null", "7", '"x"', "[]", "true"])
    assert.deepEqual(faults(problem(await house.api.post("/v1/tips", text), 400, "invalid")), [" type"], text);
});

test("doubled members, U+0000 and depth", async () => {
  problem(await house.api.post("/v1/tips", '{"sourceId":"a","sourceId":"b"}'), 400, "invalid");
  const nul = problem(await house.api.post("/v1/tips", tip(nextBag(), { text: "a\u0000b" })), 400, "invalid");
  assert.deepEqual(faults(nul), ["/text character-not-allowed"]);
  const deep = "[".repeat(200) + "]".repeat(200);
  const body = problem(await house.api.post("/v1/tips", `{"sourceId":${deep}}`), 400, "invalid");
  assert.ok(faults(body).some((f) => f.endsWith(" depth")), faults(body).join());
});

test("all faults at once, each with its pointer", async () => {
  const body = problem(
    await house.api.post("/v1/tips", { ...tip("036301"), occurredOn: day(2), channel: "pigeon", count: "eight", nights: 4000, unheardOf: 1, ground: undefined, danger: true }),
    400,
    "invalid",
  );
  assert.deepEqual(faults(body), [
    "/channel enum", "/count type", "/dangerKind required", "/ground required", "/nights range", "/occurredOn future-date",
    "/premises/bagId pattern", "/unheardOf unknown-field",
  ]);
});

test("a BAG id of the wrong shape", async () => {
  for (const bagId of ["", "990101000000000", "99010100000000011", "99010100000000a1", " 9901010000000001"]) {
    const body = problem(await house.api.post("/v1/tips", tip(bagId)), 400, "invalid");
    assert.equal(body.invalidParams![0]!.name, "/premises/bagId");
  }
});

test("dates: in the future, not on the calendar, in the wrong order", async () => {
  const of = async (fields: object) => faults(problem(await house.api.post("/v1/registrations", registration(nextBag(), fields as any)), 400, "invalid"));
  assert.deepEqual(await of({ occurredOn: day(1) }), ["/occurredOn future-date"]);
  assert.equal((await of({ occurredOn: "2026-02-30" }))[0]!.split(" ")[0], "/occurredOn");
  assert.equal((await of({ startOn: day(400) }))[0]!.split(" ")[0], "/startOn");
});

test("premises: none, two ways at once, an unknown id", async () => {
  const { premises: _, ...none } = tip(nextBag());
  assert.deepEqual(faults(problem(await house.api.post("/v1/tips", none), 400, "invalid")), ["/premises required"]);
  const both = tip(nextBag(), { premises: { bagId: nextBag(), premisesId: "01950000-0000-7000-8000-000000000000" } });
  assert.deepEqual(faults(problem(await house.api.post("/v1/tips", both), 400, "invalid")), ["/premises one-of"]);
  const unknown = tip(nextBag(), { premises: { premisesId: "01950000-0000-7000-8000-000000000000" } });
  assert.deepEqual(faults(problem(await house.api.post("/v1/tips", unknown), 400, "invalid")), ["/premises/premisesId reference"]);
});

test("what a source may not send: denied attributes, relations as null, money with three decimals", async () => {
  for (const field of ["bsn", "nationality", "nationaliteit", "birthDate", "income"]) {
    const body = problem(await house.api.post("/v1/registrations", registration(nextBag(), { [field]: "x" })), 400, "invalid");
    assert.equal(body.invalidParams![0]!.name, `/${field}`);
    assert.match(body.invalidParams![0]!.code, /^(unknown-field|not-allowed)$/);
  }
  assert.deepEqual(faults(problem(await house.api.post("/v1/registrations", registration(nextBag(), { writtenLease: null })), 400, "invalid")), ["/writtenLease type"]);
  assert.deepEqual(faults(problem(await house.api.post("/v1/payments", payment(nextBag(), "r", { amountEur: 1.005 })), 400, "invalid")), ["/amountEur precision"]);
});

test("refused values are never echoed, nor logged", async () => {
  const canary = "CANARY-5f1e";
  for (const fact of [tip(nextBag(), { channel: canary }), tip(canary), tip(nextBag(), { occurredOn: canary }), tip(nextBag(), { text: canary, count: -1 })]) {
    const answer = await house.api.post("/v1/tips", fact);
    assert.equal(answer.status, 400);
    assert.ok(!answer.text.includes(canary), answer.text);
  }
  assert.ok(!house.log().includes(canary));
});

test("a body of 10 MB is refused before it is read", async () => {
  const big = JSON.stringify(tip(nextBag(), { text: "x".repeat(10 << 20) }));
  const answer = await house.api.post("/v1/tips", big).catch((error) => error as Error);
  if (answer instanceof Error) assert.match(String(answer), /EPIPE|ECONNRESET|socket hang up/);
  else problem(answer, 413, "too-large");
  await created(house, "tips", tip(nextBag()));
});

test("wrong media type, method, path, trailing slash", async () => {
  const fact = tip(nextBag());
  problem(await house.api.call("POST", "/v1/tips", { ...house.api.source, headers: { "content-type": "text/plain" } }, JSON.stringify(fact)), 415, "media-type");
  problem(await house.api.call("PATCH", "/v1/tips", house.api.source, fact), 405, "method");
  problem(await house.api.call("POST", "/v1/decisions", house.api.source, fact), 405, "method");
  problem(await house.api.call("POST", "/v1/tips/", house.api.source, fact), 404, "not-found");
  problem(await house.api.call("GET", "/v1/nothing", house.api.source), 404, "not-found");
  problem(await house.api.call("GET", "/v1", house.api.source), 404, "not-found");
});

test("cash of ten thousand from a client under the Wwft is not taken in", async () => {
  const token = (await house.command("client", "add", "kantoor", "--token", "--controller", "00000001821002193000", "--role", "source", "--source-class", "lease-admin", "--wwft-liable")).stdout.trim();
  const answer = await house.api.post("/v1/payments", payment(nextBag(), "r", { amountEur: 10000 }), { token });
  assert.deepEqual(faults(problem(answer, 400, "invalid")), ["/amountEur not-allowed"]);
  await created(house, "payments", payment(nextBag(), "r", { amountEur: 9999.99 }), { token });
});

test("every body of the JSON test suite: valid is parsed, invalid is refused, none breaks anything", async (t) => {
  const suite = join(root, "../shared/json-suite/test_parsing");
  if (!existsSync(suite)) return t.skip("the suite is not on this machine: ../shared/json-suite");
  for (const file of readdirSync(suite)) {
    const answer = await house.api.post("/v1/tips", readFileSync(join(suite, file)));
    assert.ok(answer.status === 400 || (answer.status === 413 && !file.startsWith("y_")), `${file}: ${answer.status}`);
    const syntax = ((answer.body as Problem).invalidParams ?? []).some((p) => p.code === "json-syntax");
    if (file.startsWith("y_")) assert.ok(!syntax, `${file} is valid JSON`);
    if (file.startsWith("n_")) assert.ok(answer.status === 400, file);
  }
  await created(house, "tips", tip(nextBag()));
});
