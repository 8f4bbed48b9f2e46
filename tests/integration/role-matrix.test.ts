// Every role against every operation, both taken from what the house itself says: the roles of its table and the
// operations of /v1/openapi.json. An operation answers the roles it lists (x-roles) and no other.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import type { Caller } from "./harness/api.ts";

let house: House;
before(async () => void (house = await House.start("role-matrix")));
after(() => house.close());

const NOBODY = "01950000-0000-7000-8000-000000000000";
const clientRoles = ["source", "landlord", "municipality", "partner"];
const accountRoles = ["analyst", "case-lead", "policy-owner", "auditor", "privacy-officer", "administrator", "municipal-user", "landlord"];

/** A client that has one role and nothing else. */
async function asClient(role: string): Promise<Caller> {
  const classes = role === "source" ? ["--source-class", "lease-admin", "--source-class", "citizen-tip", "--source-class", "base-register"] : [];
  const added = await house.command("client", "add", `alleen-${role}`, "--token", "--controller", "00000001821002193000", "--role", role, ...classes);
  assert.equal(added.code, 0, added.stderr);
  return { token: added.stdout.trim() };
}

/** A person who has one role and nothing else. */
async function asPerson(role: string): Promise<Caller> {
  const password = "een wachtwoord om mee te proberen";
  const file = join(house.dir, `${role}.password`);
  writeFileSync(file, `${password}\n`);
  const added = await house.command("user", "add", `alleen-${role}`, "--role", role, "--password-file", file);
  assert.equal(added.code, 0, added.stderr);
  const answer = await house.api.post("/v1/sessions", { user: `alleen-${role}`, password, kind: "bearer" }, {});
  assert.equal(answer.status, 201, answer.text);
  return { token: answer.body.accessToken };
}

type Operation = { id: string; method: string; path: string; roles: string[]; open: boolean; type: string };

async function operations(): Promise<Operation[]> {
  const document = (await house.api.get("/v1/openapi.json", {})).body;
  return Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries<any>(item)
      .filter(([method]) => ["get", "post", "put", "patch", "delete"].includes(method))
      .map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        roles: operation["x-roles"],
        open: Array.isArray(operation.security) && operation.security.length === 0,
        type: Object.keys(operation.requestBody?.content ?? { "application/json": {} })[0]!,
      })),
  );
}

const ask = (operation: Operation, caller: Caller) =>
  house.api.call(
    operation.method,
    operation.path.replace("{code}", "GM9901").replace(/\{[^}]+\}/g, NOBODY),
    { ...caller, headers: { "if-match": '"0"', "content-type": operation.type } },
    operation.method === "GET" || operation.method === "DELETE" ? undefined : operation.type === "application/json" ? {} : "\n",
  );

test("each role is answered by the operations that list it, and denied by all others", async () => {
  const all = (await operations()).filter((o) => o.id !== "signOut");
  const callers: [string, Caller][] = [["nobody", {}]];
  for (const role of clientRoles) callers.push([role, await asClient(role)]);
  for (const role of accountRoles) callers.push([role, await asPerson(role)]);
  let denied = 0;
  let answered = 0;
  for (const operation of all) {
    assert.ok(Array.isArray(operation.roles), `${operation.id} lists no roles`);
    for (const [role, caller] of callers) {
      const { status } = await ask(operation, caller);
      const cell = `${operation.method} ${operation.path} by ${role}: ${status}`;
      assert.ok(status < 500 || status === 503, cell);
      if (operation.open) continue;
      if (role === "nobody") assert.equal(status, 401, cell);
      else if (!operation.roles.includes(role)) assert.equal(status, 403, cell), denied++;
      else assert.notEqual(status, 401, cell), answered++;
    }
  }
  assert.ok(denied > 600 && answered > 100, `${denied} denied, ${answered} answered`);
});

test("duties are apart: who administers reads no dossier, who judges does not act", async () => {
  const all = await operations();
  const of = (role: string) => all.filter((o) => !o.open && o.roles.includes(role) && o.roles.length < 11).map((o) => o.path);
  for (const path of of("administrator")) assert.doesNotMatch(path, /alerts|premises|referrals|parties|subject|tips|assess/, path);
  for (const path of of("landlord")) assert.doesNotMatch(path, /alerts|referrals|assessments|danger|users|clients|audit/, path);
  for (const operation of all.filter((o) => !o.open && o.method !== "GET" && o.roles.includes("auditor") && o.roles.length < 11))
    assert.match(operation.path, /sessions|backtests|audit|_search/, `the auditor writes: ${operation.method} ${operation.path}`);
});
