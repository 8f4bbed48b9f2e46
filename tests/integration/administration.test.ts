// Administration over the API: clients and their tokens, accounts, receivers; and the second person.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import type { Caller } from "./harness/api.ts";
import { created, nextBag, tip } from "./harness/facts.ts";

let house: House;
let admin: Caller;
let second: Caller;
const password = "een wachtwoord om mee te proberen";

const signIn = (user: string, secret = password, totp?: string) =>
  house.api.post("/v1/sessions", { user, password: secret, kind: "bearer", ...(totp === undefined ? {} : { totp }) }, {});

before(async () => {
  house = await House.start("administration");
  admin = await house.api.person("ADMIN");
  const file = join(house.dir, "second.password");
  writeFileSync(file, `${password}\n`);
  const added = await house.command("user", "add", "beheer-twee", "--role", "administrator", "--password-file", file);
  assert.equal(added.code, 0, added.stderr);
  second = { token: (await signIn("beheer-twee")).body.accessToken };
});
after(() => house.close());

const CONTROLLER = "00000001821002193000";
const source = (name: string, more = {}) => ({ name, controller: CONTROLLER, roles: ["source"], sourceClasses: ["citizen-tip", "lease-admin"], ...more });

test("a client is added, found, narrowed by a token, and ended at once", async () => {
  const made = await house.api.post("/v1/clients", source("nieuw meldpunt", { withToken: true }), admin);
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.location, `/v1/clients/${made.body.id}`);
  assert.equal(made.headers["cache-control"], "no-store");
  await created(house, "tips", tip(nextBag()), { token: made.body.token });

  const narrow = await house.api.post(`/v1/clients/${made.body.id}/tokens`, { sourceClasses: ["lease-admin"], validDays: 1 }, admin);
  assert.equal(narrow.status, 201, narrow.text);
  assert.equal((await house.api.post("/v1/tips", tip(nextBag()), { token: narrow.body.token })).status, 403);
  assert.equal((await house.api.post(`/v1/clients/${made.body.id}/tokens`, { sourceClasses: ["enforcement"] }, admin)).status, 404, "wider than its client");

  const shown = await house.api.get(`/v1/clients/${made.body.id}`, admin);
  assert.deepEqual(shown.body.tokens.sort(), [made.body.tokenId, narrow.body.tokenId].sort());
  assert.ok(!shown.text.includes(made.body.token));

  assert.equal((await house.api.call("DELETE", `/v1/clients/${made.body.id}/tokens/${narrow.body.tokenId}`, admin)).status, 204);
  assert.equal((await house.api.get("/v1/clients", { token: narrow.body.token })).status, 401, "a token that was ended works not a moment longer");
  assert.equal((await house.api.call("DELETE", `/v1/clients/${made.body.id}`, admin)).status, 204);
  assert.equal((await house.api.post("/v1/tips", tip(nextBag()), { token: made.body.token })).status, 401);
  assert.equal((await house.api.call("DELETE", `/v1/clients/${made.body.id}`, admin)).status, 404);
});

test("all faults of a client together; a name is taken once", async () => {
  const wrong = await house.api.post("/v1/clients", { name: "", oin: "12", roles: ["analyst"], sourceClasses: ["police"], municipalities: ["Amsterdam"], validDays: 0, extra: 1 }, admin);
  assert.equal(wrong.status, 400);
  assert.deepEqual(
    wrong.body.invalidParams.map((p: any) => `${p.name} ${p.code}`).sort(),
    ["/controller required", "/extra unknown-field", "/municipalities/0 enum", "/name length", "/oin pattern", "/roles/0 enum", "/sourceClasses/0 enum", "/validDays range"],
  );
  const nowhere = await house.api.post("/v1/clients", source("nergens", { municipalities: ["GM0001"] }), admin);
  assert.deepEqual(nowhere.body.invalidParams.map((p: any) => `${p.name} ${p.code}`), ["/municipalities reference"]);
  assert.equal((await house.api.post("/v1/clients", source("eenmalig"), admin)).status, 201);
  assert.equal((await house.api.post("/v1/clients", source("eenmalig"), admin)).status, 409);
});

test("lists page by cursor, by name", async () => {
  const names: string[] = [];
  for (let path: string | undefined = "/v1/clients?limit=3"; path !== undefined; ) {
    const page: any = await house.api.get(path, admin);
    assert.equal(page.status, 200, page.text);
    assert.ok(page.body.items.length <= 3);
    names.push(...page.body.items.map((c: any) => c.name));
    path = page.body._links.next?.href;
  }
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.includes("gemeente-bronsysteem") && names.includes("verhuurder-een"));
});

test("an account that may read dossiers waits for a second administrator", async () => {
  const made = await house.api.post("/v1/users", { name: "nieuwe analist", password, roles: ["analyst"] }, admin);
  assert.equal(made.status, 201, made.text);
  assert.equal(made.body.status, "proposed");
  assert.equal((await signIn("nieuwe analist")).status, 401);
  const approvals = `/v1/users/${made.body.id}/approvals`;
  assert.equal((await house.api.post(approvals, { approve: true }, admin)).status, 403, "not by who proposed it");
  assert.equal((await house.api.post(approvals, { approve: true }, second)).status, 201);
  assert.equal((await house.api.post(approvals, { approve: true }, second)).body.code, "transition");
  const session = await signIn("nieuwe analist");
  assert.equal(session.status, 201, session.text);
  assert.equal((await house.api.get("/v1/alerts", { token: session.body.accessToken })).status, 200);

  // A password set by one administrator lets nobody in alone; what was open ends.
  assert.equal((await house.api.post(`/v1/users/${made.body.id}/resets`, { password: "een ander wachtwoord erbij" }, admin)).status, 201);
  assert.equal((await house.api.get("/v1/alerts", { token: session.body.accessToken })).status, 401);
  assert.equal((await signIn("nieuwe analist", "een ander wachtwoord erbij")).status, 401);
  assert.equal((await house.api.post(approvals, { approve: true }, second)).status, 201);
  assert.equal((await signIn("nieuwe analist", "een ander wachtwoord erbij")).status, 201);
  assert.equal((await house.api.call("DELETE", `/v1/users/${made.body.id}`, admin)).status, 204);
  assert.equal((await signIn("nieuwe analist", "een ander wachtwoord erbij")).status, 401);
});

test("roles that must be apart are refused; an auditor needs no second person", async () => {
  const both = await house.api.post("/v1/users", { name: "dubbel", password, roles: ["administrator", "analyst"] }, admin);
  assert.deepEqual(both.body.invalidParams.map((p: any) => `${p.name} ${p.code}`), ["/roles not-allowed"]);
  const auditor = await house.api.post("/v1/users", { name: "nieuwe auditor", password, roles: ["auditor"] }, admin);
  assert.equal(auditor.body.status, "active");
  assert.equal((await signIn("nieuwe auditor")).status, 201);
});

/** RFC 6238, as an authenticator app does it. */
function totp(secret: string, at = Date.now()): string {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("an account with one-time codes: shown once, asked each time, used once", async () => {
  const made = await house.api.post("/v1/users", { name: "met code", password, roles: ["auditor"], totp: true }, admin);
  const secret = new URL(made.body.totpUri).searchParams.get("secret")!;
  assert.equal((await signIn("met code")).status, 401);
  const code = totp(secret);
  assert.equal((await signIn("met code", password, code)).status, 201);
  const again = await signIn("met code", password, code);
  assert.equal(again.status, 401);
  const wrong = await signIn("met code", "niet het wachtwoord", code);
  assert.equal(wrong.status, 401);
  assert.equal(again.body.detail, wrong.body.detail, "one answer for all reasons");
});

test("a receiver is proposed by one and approved by another", async () => {
  const body = { name: "buurgemeente", kind: "municipality", oin: "00000001001234567000", url: "https://events.buur.example/in", caFile: "/etc/pandwacht/tls/partners-ca.crt", expectedName: "events.buur.example", release: { classes: ["citizen-tip"] } };
  for (const url of ["http://x.example/", "https://u:p@x.example/", "https://x.example/#a", "ftp://x", "https://"])
    assert.equal((await house.api.post("/v1/partners", { ...body, url }, admin)).status, 400, url);
  const made = await house.api.post("/v1/partners", body, admin);
  assert.equal(made.status, 201, made.text);
  assert.equal((await house.api.post("/v1/partners", body, admin)).status, 409);
  assert.equal((await house.sql("select count(*) from receiver where name = 'buurgemeente'"))[0], "0");
  const approvals = `/v1/partners/${made.body.id}/approvals`;
  assert.equal((await house.api.post(approvals, { approve: true }, admin)).status, 403);
  assert.equal((await house.api.post(approvals, { approve: true }, second)).status, 201);
  assert.equal((await house.api.get(`/v1/partners/${made.body.id}`, admin)).body.status, "active");
  assert.equal((await house.api.post(`/v1/partners/${made.body.id}/pauses`, { reason: "onderhoud" }, admin)).status, 201);
  assert.equal((await house.api.get(`/v1/partners/${made.body.id}`, admin)).body.status, "paused");
  assert.equal((await house.api.call("DELETE", `/v1/partners/${made.body.id}/pauses/current`, admin)).status, 204);
});

test("a duty list names receivers of kind duty, in order", async () => {
  const [duty] = await house.sql("select id from receiver where kind = 'duty'");
  const [desk] = await house.sql("select id from receiver where kind = 'desk'");
  assert.equal((await house.api.call("PUT", "/v1/duty-lists/GM9901", admin, { receivers: [duty] })).status, 200);
  assert.equal((await house.api.call("PUT", "/v1/duty-lists/GM9901", admin, { receivers: [desk] })).status, 400);
  assert.equal((await house.api.call("PUT", "/v1/duty-lists/GM0001", admin, { receivers: [] })).status, 404);
  const list = await house.api.get("/v1/duty-lists", admin);
  assert.deepEqual(list.body.items.map((i: any) => [i.municipality, i.receivers]), [["GM9901", [duty]]]);
});

test("every one of these is on the record", async () => {
  const rows = await house.sql("select distinct action from audit_record where actor_kind = 'account'");
  for (const action of ["client-added", "client-token-added", "client-token-revoked", "client-revoked", "account-proposed", "account-approved", "account-reset", "account-disabled", "receiver-proposed", "receiver-approved", "receiver-paused", "receiver-resumed", "duty-list-set"])
    assert.ok(rows.includes(action), action);
});

// ---- budgets ----

test("tips of one origin, and of one source, are counted; others are not touched", async () => {
  house.configure((text) => text.replace("profile: demo", "profile: standard\n  origin-day: 2\n  tips-burst: 4\n  tips-rate: 1\n  rate: 100000\n  burst: 100000"));
  house.reload();
  await new Promise((done) => setTimeout(done, 1500));
  const caller = house.api.client("TOKEN_CITIZEN_TIP");
  const origin = { scheme: "phone", value: "0612345699" };
  for (let i = 0; i < 2; i++) await created(house, "tips", tip(nextBag(), { origin }), caller);
  const third = await house.api.post("/v1/tips", tip(nextBag(), { origin }), caller);
  assert.equal(third.status, 429, third.text);
  assert.equal(third.body.code, "rate");
  assert.ok(Number(third.headers["retry-after"]) > 3600);
  assert.match(String(third.headers["ratelimit"]), /^"origin";r=0;t=\d+$|, "origin";r=0;t=\d+$/);
  // By another source it is the same origin; in a batch the line says so.
  const line = JSON.stringify({ kind: "tip", ...tip(nextBag(), { origin }) });
  const batch = await house.api.call("POST", "/v1/fact-batches", { ...house.api.source, headers: { "content-type": "application/x-ndjson" } }, line);
  assert.equal(JSON.parse(batch.text).status, 429, batch.text);
  await created(house, "tips", tip(nextBag(), { origin: { scheme: "phone", value: "0612345698" } }), caller);
  const flood = await house.api.post("/v1/tips", tip(nextBag()), caller);
  assert.equal(flood.status, 429, "the source itself is through its tips");
  await created(house, "tips", tip(nextBag()));
});
