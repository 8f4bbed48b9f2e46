// Everyone against everything: an operation answers only those it was made for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import type { Caller } from "./harness/api.ts";
import { alertOf, suspicious } from "./harness/facts.ts";

let house: House;
before(async () => void (house = await House.start("roles")));
after(() => house.close());

const NOBODY = "01950000-0000-7000-8000-000000000000";

// Who may, by operation (operationId of the OpenAPI document). Whatever is not listed here nobody of the
// demo may do: a new operation fails this test until somebody decides who it is for.
const desk = ["ANALYST"];
const sources = ["source", "TOKEN_LEASE_ADMIN"];
const may: Record<string, string[]> = {
  postFactBatch: sources, signIn: ["*"], beginOidc: ["*"], endOidc: ["*"], getOpenApi: ["*"], listSigningKeys: ["*"],
  getSession: ["ANALYST", "POLICY", "PRIVACY", "ADMIN", "AUDITOR", "OFFICER"], signOut: ["ANALYST", "POLICY", "PRIVACY", "ADMIN", "AUDITOR", "OFFICER"],
  listAlerts: desk, openAlert: desk, nextAlert: desk, getAlert: desk, claimAlert: desk, releaseAlert: desk, addNote: desk, weighAlert: desk,
  decideAlert: desk, proposeReferral: desk, closeAlert: [], snoozeAlert: desk, unsnoozeAlert: desk, listAlertEntries: desk, getDossier: desk,
  listReferrals: [...desk, "MUNICIPALITY_TOKEN", "OFFICER"], getReferral: [...desk, "MUNICIPALITY_TOKEN", "OFFICER"], approveReferral: desk,
  acknowledgeReferral: ["MUNICIPALITY_TOKEN", "OFFICER"], reportOutcome: ["MUNICIPALITY_TOKEN", "OFFICER"],
  listDangerNotices: [...desk, "MUNICIPALITY_TOKEN", "OFFICER"], acknowledgeDanger: [...desk, "MUNICIPALITY_TOKEN", "OFFICER"],
  postSubjectRequest: ["PRIVACY"], listSubjectRequests: ["PRIVACY"], getSubjectRequest: ["PRIVACY"], putSubjectItem: ["PRIVACY"], approveSubjectRequest: ["PRIVACY"],
  getSubjectLetter: ["PRIVACY"], postObjection: ["PRIVACY"], listObjections: ["PRIVACY"], unmaskParty: ["PRIVACY"],
  createPremises: [...desk, ...sources], searchPremises: [...desk, ...sources], getPremises: desk, putPremises: [...desk, ...sources],
  listAssessments: desk, postTenantCheck: ["LANDLORD_TOKEN"], getTenantCheck: ["LANDLORD_TOKEN"], getTenantCheckReceipt: ["LANDLORD_TOKEN"],
  postEvidence: ["LANDLORD_TOKEN"], getDutyOfCareFile: ["LANDLORD_TOKEN"], postObservation: ["LANDLORD_TOKEN"], postRejection: ["LANDLORD_TOKEN"],
  listLandlordRejections: ["AUDITOR", "POLICY"], planCare: ["LANDLORD_TOKEN"], listCarePlans: ["LANDLORD_TOKEN"], endCarePlan: ["LANDLORD_TOKEN"],
  postInspectionHeld: ["LANDLORD_TOKEN"], listCareReminders: ["LANDLORD_TOKEN"], verifyDocuments: ["LANDLORD_TOKEN"],
  declarePremises: ["LANDLORD_TOKEN"], endDeclaration: ["LANDLORD_TOKEN"], listDeclarations: ["LANDLORD_TOKEN", "OFFICER"], decideDeclaration: ["OFFICER"],
  inviteLandlord: ["OFFICER"], acceptInvitation: ["*"], listHeldObservations: ["OFFICER"], decideHeldObservation: ["OFFICER"], listEvents: [], postReceipt: [],
  listClients: ["ADMIN"], addClient: ["ADMIN"], getClient: ["ADMIN"], revokeClient: ["ADMIN"], addToken: ["ADMIN"], revokeToken: ["ADMIN"],
  listUsers: ["ADMIN"], addUser: ["ADMIN"], getUser: ["ADMIN"], disableUser: ["ADMIN"], approveUser: ["ADMIN"], resetUser: ["ADMIN"],
  listPartners: ["ADMIN"], proposePartner: ["ADMIN"], getPartner: ["ADMIN"], approvePartner: ["ADMIN"], pausePartner: ["ADMIN"], resumePartner: ["ADMIN"],
  listDutyLists: ["ADMIN", "OFFICER"], putDutyList: ["ADMIN", "OFFICER"],
  listRules: ["POLICY", "AUDITOR"], getRulePerformance: ["POLICY", "AUDITOR"], listRulesets: ["POLICY", "AUDITOR"], postRuleset: ["POLICY"],
  listBacktests: ["POLICY", "AUDITOR"], postBacktest: ["POLICY"], getBacktest: ["POLICY", "AUDITOR"],
  listPublications: ["POLICY", "AUDITOR"], postPublication: ["POLICY"], getPublication: ["POLICY", "AUDITOR"], approvePublication: ["POLICY"],
  releasePublication: [], listShadows: ["POLICY", "AUDITOR"], postShadow: ["POLICY"], listShadowDifferences: ["POLICY", "AUDITOR"], endShadow: ["POLICY"],
};

const people = ["ANALYST", "POLICY", "PRIVACY", "ADMIN", "AUDITOR", "OFFICER"];
const callers = ["nobody", "source", "TOKEN_LEASE_ADMIN", "LANDLORD_TOKEN", "MUNICIPALITY_TOKEN", ...people];

async function caller(name: string): Promise<Caller> {
  if (name === "nobody") return {};
  if (name === "source") return house.api.source;
  return people.includes(name) ? house.api.person(name) : house.api.client(name);
}

/** Allowed for facts: those collections whose class the caller has. */
function expected(operation: any, path: string, name: string): boolean {
  const listed = may[operation.operationId];
  if (listed !== undefined) return listed.includes("*") || listed.includes(name);
  assert.match(path, /^\/v1\/[a-z-]+(\/\{id\}(\/(retractions|corrections))?)?$/, `${operation.operationId} is in nobody's list`);
  if (operation.operationId.startsWith("get") && name === "ANALYST") return true;
  return sources.includes(name);
}

test("every operation of the OpenAPI document, by every caller", async () => {
  const document = (await house.api.get("/v1/openapi.json", {})).body;
  let asked = 0;
  for (const [path, item] of Object.entries<any>(document.paths))
    for (const [method, operation] of Object.entries<any>(item)) {
      if (!["get", "post", "put", "delete"].includes(method) || operation.operationId === "signOut") continue;
      for (const name of callers) {
        const url = path.replace(/\{[^}]+\}/g, NOBODY);
        const body = method === "get" || method === "delete" ? undefined : {};
        const answer = await house.api.call(method.toUpperCase(), url, { ...(await caller(name)), headers: { "if-match": '"0"', ...(path.endsWith("batches") ? { "content-type": "application/x-ndjson" } : {}) } }, body);
        const what = `${method} ${path} by ${name}: ${answer.status}`;
        asked++;
        if (answer.status === 405) continue; // kinds that are made by their own routes: nobody may post them
        // Kinds that are made by routes of their own: posted by nobody.
        if (/^\/v1\/(decisions|outcomes|retractions|corrections)$/.test(path)) {
          assert.equal(answer.status, name === "nobody" ? 401 : 405, what);
          continue;
        }
        if (expected(operation, path, name)) assert.ok(![401].includes(answer.status), what);
        else assert.equal(answer.status, name === "nobody" ? 401 : 403, what);
        assert.ok(answer.status < 500, what);
      }
    }
  assert.ok(asked > 300, `${asked} cells`);
});

test("wrong password, unknown user: one answer", async () => {
  const wrong = await house.api.post("/v1/sessions", { user: house.secret("ANALYST2_USER"), password: "not this one at all" }, {});
  const unknown = await house.api.post("/v1/sessions", { user: "no-such-person", password: "not this one at all" }, {});
  assert.equal(wrong.status, 401);
  assert.equal(unknown.status, 401);
  const bare = (body: any) => ({ ...body, instance: undefined });
  assert.deepEqual(bare(wrong.body), bare(unknown.body));
});

test("a session by cookie needs its CSRF token to write, and ends", async () => {
  const signed = await house.api.post("/v1/sessions", { user: house.secret("ANALYST_USER"), password: house.secret("ANALYST_PASSWORD") }, {});
  assert.equal(signed.status, 201, signed.text);
  assert.equal(signed.body.accessToken, undefined);
  const [cookie] = signed.headers["set-cookie"]!;
  for (const flag of ["__Host-session=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"]) assert.ok(cookie!.includes(flag), cookie);
  const session = { headers: { cookie: cookie!.split(";")[0]! } };
  const withCsrf = { headers: { ...session.headers, "x-csrf-token": signed.body.csrfToken } };

  assert.equal((await house.api.get("/v1/sessions/current", session)).status, 200);
  const refused = await house.api.post("/v1/alerts/_next", {}, session);
  assert.equal(refused.status, 403);
  assert.equal(refused.body.code, "csrf");
  assert.ok([200, 204].includes((await house.api.post("/v1/alerts/_next", {}, withCsrf)).status));
  assert.equal((await house.api.call("DELETE", "/v1/sessions/current", withCsrf)).status, 204);
  assert.equal((await house.api.get("/v1/sessions/current", session)).status, 401);
});

test("a landlord sees nothing of alerts, whatever is known of the premises", async () => {
  const home = await suspicious(house);
  const { alert } = await alertOf(house, home.premisesId);
  const landlord = house.api.client("LANDLORD_TOKEN");
  for (const path of [`/v1/alerts/${alert.id}`, "/v1/alerts", `/v1/premises/${home.premisesId}`, `/v1/tips/${home.tip1.id}`])
    assert.equal((await house.api.get(path, landlord)).status, 403, path);
});

test("security headers on every answer", async () => {
  for (const answer of [await house.api.get("/v1/openapi.json", {}), await house.api.get("/v1/nothing", {})]) {
    assert.match(answer.headers["strict-transport-security"] ?? "", /max-age=\d+/);
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.ok(answer.headers["api-version"]);
  }
});
