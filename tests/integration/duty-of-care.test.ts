// The duty-of-care file: receipts that anyone verifies with openssl and the published key, evidence by hash.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, createPublicKey } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import { at, nextBag, nextId, type Fact } from "./harness/facts.ts";

let house: House;
before(async () => void (house = await House.start("duty-of-care")));
after(() => house.close());

const landlord = () => house.api.client("LANDLORD_TOKEN");
const other = () => house.api.client("LANDLORD2_TOKEN");

async function checked(bagId = nextBag(), more: Fact = {}): Promise<any> {
  const body = { sourceId: nextId("c"), ...at(bagId), stage: "selected", noticeGiven: true, items: { idOriginalSeen: "yes" }, ...more };
  const answer = await house.api.post("/v1/tenant-checks", body, landlord());
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

const evidence = (check: string, body: Fact = {}, caller = landlord()) =>
  house.api.post(`/v1/tenant-checks/${check}/evidence`, { sourceId: nextId("e"), kind: "lease", sha256: "ab".repeat(32), ...body }, caller);

/** RFC 8785 of values without fractions, as a stranger would write it. */
function canonical(value: any): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

function without(document: any, ...members: string[]): any {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !members.includes(key)));
}

const dir = mkdtempSync(join(tmpdir(), "receipt-"));

/** openssl alone: the public key as PEM, the signature, the signed octets. */
async function verifies(document: any, octets = canonical(without(document, "signature")), signature = Buffer.from(document.signature.value, "base64")): Promise<boolean> {
  const keys = (await house.api.get("/v1/signing-keys", {})).body.items;
  const key = keys.find((k: any) => k.keyId === document.signature.keyId);
  const pem = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key.x }, format: "jwk" }).export({ type: "spki", format: "pem" });
  writeFileSync(join(dir, "key.pem"), pem);
  writeFileSync(join(dir, "signature"), signature);
  writeFileSync(join(dir, "signed"), octets);
  try {
    execFileSync("openssl", ["pkeyutl", "-verify", "-pubin", "-inkey", join(dir, "key.pem"), "-rawin", "-in", join(dir, "signed"), "-sigfile", join(dir, "signature")], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

test("a receipt says what the check says, and openssl verifies it", async () => {
  const check = await checked();
  const answer = await house.api.get(`/v1/tenant-checks/${check.id}/receipt`, landlord());
  assert.equal(answer.status, 200, answer.text);
  const receipt = answer.body;
  assert.deepEqual(Object.keys(receipt).sort(), ["checkId", "entries", "landlord", "premisesId", "sha256", "signature"]);
  assert.equal(receipt.checkId, check.id);
  assert.deepEqual(receipt.entries, [{ at: check.createdAt, stage: "selected", findings: Object.fromEntries(check.findings.map((f: any) => [f.id, f.result])) }]);
  assert.equal(receipt.sha256, createHash("sha256").update(canonical(without(receipt, "sha256", "signature"))).digest("hex"));
  assert.equal(receipt.signature.alg, "ed25519");
  assert.equal(answer.text, canonical(receipt), "what goes out is the canonical form itself");
  assert.ok(await verifies(receipt));
});

test("any changed bit is seen: of what is signed, and of the signature", async () => {
  const check = await checked();
  const receipt = (await house.api.get(`/v1/tenant-checks/${check.id}/receipt`, landlord())).body;
  const signed = Buffer.from(canonical(without(receipt, "signature")));
  for (let at = 0; at < signed.length; at += 97) {
    const changed = Buffer.from(signed);
    changed[at]! ^= 1 << at % 8;
    assert.equal(await verifies(receipt, changed.toString("latin1")), false, `octet ${at}`);
  }
  for (let at = 0; at < 64; at += 7) {
    const changed = Buffer.from(receipt.signature.value, "base64");
    changed[at]! ^= 1 << at % 8;
    assert.equal(await verifies(receipt, signed.toString(), changed), false, `signature octet ${at}`);
  }
});

test("evidence is kept by its hash, once, in the file of the premises", async () => {
  const bagId = nextBag();
  const first = await checked(bagId);
  const second = await checked(bagId, { stage: "signing", items: { cashAsked: "no" } });
  const kept = { sourceId: nextId("e"), kind: "lease", sha256: "0f".repeat(32), takenOn: "2026-01-05" };
  assert.equal((await house.api.post(`/v1/tenant-checks/${second.id}/evidence`, kept, landlord())).status, 201);
  const again = await house.api.post(`/v1/tenant-checks/${second.id}/evidence`, kept, landlord());
  assert.equal(again.status, 200, again.text);
  assert.equal((await evidence(second.id, { ...kept, sha256: "1f".repeat(32) })).status, 409);

  const { premisesId } = (await house.api.get(`/v1/tenant-checks/${first.id}/receipt`, landlord())).body;
  const file = (await house.api.get(`/v1/duty-of-care-files/${premisesId}`, landlord())).body;
  assert.deepEqual(file.entries.map((e: any) => e.stage), ["selected", "signing"]);
  assert.deepEqual(file.more.map((e: any) => e.what), [{ kind: "lease", sha256: "0f".repeat(32), takenOn: "2026-01-05" }]);
  assert.ok(await verifies(file));
});

test("documents themselves, their numbers and pictures are refused", async () => {
  const check = await checked();
  for (const [member, code] of [["photo", "not-allowed"], ["pasfoto", "not-allowed"], ["bsn", "not-allowed"], ["idCopy", "not-allowed"], ["selfie", "not-allowed"], ["document", "unknown-field"]] as const) {
    const answer = await evidence(check.id, { [member]: "x" });
    assert.equal(answer.status, 400, member);
    assert.deepEqual(answer.body.invalidParams.map((p: any) => [p.name, p.code]), [[`/${member}`, code]]);
  }
  assert.equal((await evidence(check.id, { sha256: "AB".repeat(32) })).status, 400);
});

test("another landlord's check has no receipt, takes no evidence, and his file is his own", async () => {
  const bagId = nextBag();
  const check = await checked(bagId);
  assert.equal((await house.api.get(`/v1/tenant-checks/${check.id}/receipt`, other())).status, 404);
  assert.equal((await evidence(check.id, {}, other())).status, 404);
  const mine = (await house.api.get(`/v1/tenant-checks/${check.id}/receipt`, landlord())).body;
  assert.equal((await house.api.get(`/v1/duty-of-care-files/${mine.premisesId}`, other())).status, 404);
  const body = { sourceId: nextId("c"), ...at(bagId), stage: "selected", noticeGiven: true };
  const theirs = (await house.api.post("/v1/tenant-checks", body, other())).body;
  const receipt = (await house.api.get(`/v1/tenant-checks/${theirs.id}/receipt`, other())).body;
  assert.notEqual(receipt.premisesId, mine.premisesId, "two landlords' checks cannot be joined by the id of the premises");
});

test("the file only grows: the database refuses to rewrite it", async () => {
  const check = await checked();
  assert.equal((await evidence(check.id)).status, 201);
  await assert.rejects(house.sql("update care_entry set at = now()"), /do not change/);
  await assert.rejects(house.sql("update tenant_check set findings = '{}'"), /do not change/);
  await assert.rejects(house.sql("truncate care_entry"), /do not change/);
});
