// Who is calling: certificates that are refused, certificates that are known, tokens.

import assert from "node:assert/strict";
import { connect } from "node:tls";
import { connect as connectPlain } from "node:net";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import { created, nextBag, tip } from "./harness/facts.ts";

let house: House;
before(async () => void (house = await House.start("certificates")));
after(() => house.close());

const attempt = (certificate: string) => house.api.post("/v1/tips", tip(nextBag()), { certificate: house.certificate(certificate) }).catch((error: NodeJS.ErrnoException) => error);

test("the municipality's certificate is known by its OIN, its successor too", async () => {
  for (const name of ["source", "source-renewed"]) await created(house, "tips", tip(nextBag()), { certificate: house.certificate(name) });
});

for (const name of ["source-revoked", "source-expired", "source-early", "source-usage", "foreign", "self-signed", "partner-client"]) {
  test(`a certificate that is no good ends in the handshake: ${name}`, async () => {
    const result = await attempt(name);
    assert.ok(result instanceof Error, `answered ${"status" in result ? result.status : ""}`);
    assert.match(String((result as NodeJS.ErrnoException).code), /SSL|ECONNRESET|EPROTO|EPIPE/);
  });
}

test("a good certificate of a system nobody registered: 401", async () => {
  const result = await attempt("source-unknown");
  assert.ok(!(result instanceof Error), String(result));
  assert.equal(result.status, 401);
});

test("no certificate and no token: 401, before the body is read", async () => {
  const answer = await house.api.post("/v1/tips", "not even JSON", {});
  assert.equal(answer.status, 401, answer.text);
  assert.equal(answer.body.code, "unauthenticated");
});

test("a token that is wrong, and a client that was revoked", async () => {
  assert.equal((await house.api.post("/v1/tips", tip(nextBag()), { token: "A".repeat(43) })).status, 401);
  const token = (await house.command("client", "add", "kort", "--token", "--controller", "00000001821002193000", "--role", "source", "--source-class", "citizen-tip")).stdout.trim();
  await created(house, "tips", tip(nextBag()), { token });
  assert.equal((await house.command("client", "revoke", "kort")).code, 0);
  await new Promise((done) => setTimeout(done, 5500)); // who is known is kept for five seconds
  assert.equal((await house.api.post("/v1/tips", tip(nextBag()), { token })).status, 401);
});

test("a client sends only what its classes allow", async () => {
  const answer = await house.api.post("/v1/tips", tip(nextBag()), house.api.client("TOKEN_LEASE_ADMIN"));
  assert.equal(answer.status, 403, answer.text);
});

test("TLS below 1.2 and plain text are not spoken", async () => {
  const old = await new Promise<string>((done) => {
    const socket = connect({ host: "127.0.0.1", port: house.port, ca: house.ca, servername: "localhost", minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    socket.on("secureConnect", () => done("connected"));
    socket.on("error", (error: NodeJS.ErrnoException) => done(String(error.code)));
  });
  assert.notEqual(old, "connected");
  const plain = await new Promise<string>((done) => {
    const socket = connectPlain(house.port, "127.0.0.1", () => socket.write("GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    let text = "";
    socket.on("data", (part) => (text += part.toString("latin1")));
    socket.on("close", () => done(text));
    socket.on("error", () => done(text));
  });
  assert.ok(!plain.startsWith("HTTP/1.1 2"), plain.slice(0, 80));
});
