// What others wrote reads and trusts our events: the CloudEvents SDK takes every one, a foreign library verifies the
// signatures (RFC 9421), and so do the verifier in the docs and our own command. What was changed, they refuse.

import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execFileSync } from "node:child_process";
import { HTTP, type CloudEvent } from "cloudevents";
import { httpbis } from "http-message-signatures";
import { root, until, House } from "./harness/house.ts";
import { suspicious } from "./harness/facts.ts";
import { Unruly, type Received } from "./harness/receiver.ts";

let house: House;
let partner: Unruly;
let keys: { items: { keyId: string; kty: string; crv: string; x: string; signs: boolean }[] };

before(async () => {
  house = await House.start("foreign-receiver");
  partner = await new Unruly(house).start();
  await suspicious(house);
  await until("events", async () => partner.kept.length >= 1);
  keys = (await house.api.get("/v1/signing-keys", {})).body;
});
after(async () => {
  await partner.stop();
  await house.close();
});

async function verified(request: Received): Promise<boolean> {
  const publicKey = (id: string) => {
    const jwk = keys.items.find((key) => key.keyId === id);
    return jwk && createPublicKey({ format: "jwk", key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x } });
  };
  const keyLookup = async ({ keyid }: { keyid?: string }) => {
    const key = publicKey(keyid ?? "");
    if (key === undefined) return null;
    return { id: keyid, algs: ["ed25519"], verify: async (data: Buffer, signature: Buffer) => verify(null, data, key, signature) };
  };
  const digest = `sha-256=:${createHash("sha256").update(request.body).digest("base64")}:`;
  if (request.headers["content-digest"] !== digest) return false;
  const result = await httpbis
    .verifyMessage(
      { keyLookup, requiredFields: ["@method", "@target-uri", "content-digest"], requiredParams: ["created", "keyid"], maxAge: 300, tolerance: 300 } as Parameters<typeof httpbis.verifyMessage>[0],
      { method: request.method, url: `https://${request.headers.host}${request.url}`, headers: request.headers as Record<string, string> },
    )
    .catch(() => false);
  return result === true;
}

test("the CloudEvents SDK takes every event, in the NL GOV profile", () => {
  for (const { headers, body } of partner.kept) {
    const event = HTTP.toEvent({ headers, body: body.toString() }) as CloudEvent<any>;
    assert.ok(event.validate());
    assert.match(event.source, /^urn:nld:oin:\d{20}:systeem:pandwacht$/);
    assert.match(event.type, /^nl\.pandwacht\.[a-z]+\.[a-z]+$/);
    assert.equal(event.subject, event.data.premises.id);
    assert.match(String(event["sequence"]), /^[1-9]\d*$/);
    assert.match(event.time!, /Z$/);
  }
});

test("a foreign library verifies each signature with the published key, and refuses what was changed", async () => {
  assert.equal(keys.items.filter((key) => key.signs).length, 1);
  for (const request of partner.kept) {
    assert.equal(await verified(request), true);
    assert.equal(await verified({ ...request, body: Buffer.concat([request.body, Buffer.from(" ")]) }), false, "another body");
    assert.equal(await verified({ ...request, url: "/elsewhere" }), false, "another target");
    assert.equal(await verified({ ...request, headers: { ...request.headers, signature: "pandwacht=:" + "A".repeat(86) + "==:" } }), false, "another signature");
    const older = request.headers["signature-input"]!.toString().replace(/created=\d+/, "created=1600000000");
    assert.equal(await verified({ ...request, headers: { ...request.headers, "signature-input": older } }), false, "another time");
  }
});

function keep(request: Received, name: string): string {
  const file = join(house.dir, name);
  const head = Object.entries(request.headers).map(([field, value]) => `${field}: ${value}\r\n`).join("");
  writeFileSync(file, Buffer.concat([Buffer.from(`${request.method} ${request.url} HTTP/1.1\r\n${head}\r\n`), request.body]));
  return file;
}

test("so do the verifier of the docs and `partner verify`", async () => {
  const request = partner.kept[0]!;
  const kept = keep(request, "request.http");
  const changed = keep({ ...request, body: Buffer.from(request.body.toString().replace("alert", "allot")) }, "changed.http");
  const published = join(house.dir, "signing-keys.json");
  writeFileSync(published, JSON.stringify(keys));
  const docs = (file: string) => execFileSync(process.execPath, [join(root, "docs/verify-event.mjs"), file, published], { stdio: "pipe" }).toString();
  assert.match(docs(kept), /^signed by [\w-]{43} at /);
  assert.throws(() => docs(changed), /not what was sent/);
  for (const more of [[], ["--keys", published]]) {
    const ours = await house.command("partner", "verify", kept, ...more);
    assert.equal(ours.code, 0, ours.stderr);
    assert.equal(ours.stdout, docs(kept).replace(".000Z", "Z"));
    const refused = await house.command("partner", "verify", changed, ...more);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Content-Digest/);
  }
});
