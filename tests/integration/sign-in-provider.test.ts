// People sign in with their own organisation's provider (OpenID Connect): the real thing, from redirect to session,
// and everything that must not become one.

import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House, until } from "./harness/house.ts";
import { Browser, CLIENT, SignInProvider, type Person } from "./harness/provider.ts";

let house: House;
let provider: SignInProvider;

before(async () => {
  house = await House.open("sign-in-provider");
  provider = new SignInProvider(house);
  await provider.start();
  const secret = join(house.dir, "oidc.secret");
  writeFileSync(secret, `${CLIENT.secret}\n`);
  chmodSync(secret, 0o600);
  house.configure(
    (text) => `${text.replace(/^system:\n/m, `system:\n  url: https://localhost:${house.port}\n`)}oidc:
  issuer: ${provider.issuer}
  client-id: ${CLIENT.id}
  client-secret-file: ${secret}
  ca: tls/server-ca.crt
  algorithms: [PS256, ES256]
  roles-claim: groups
  roles: ["CN=analisten,O=riec=analyst", "leads=case-lead", "beheerders=administrator", "beleid=policy-owner"]
  municipalities-claim: municipalities
`,
  );
  await house.serve();
});
after(async () => {
  await provider.stop();
  await house.close();
});

const analyst: Person = { preferred_username: "a.jansen@riec.example", groups: ["CN=analisten,O=riec", "printers"], municipalities: ["GM9901", "GM0001"] };

/** Signs somebody in, in a browser of their own. */
async function arrive(subject: string, person: Person): Promise<{ how: string; browser: Browser }> {
  provider.people.set(subject, person);
  const browser = new Browser(house);
  return { how: await browser.signIn(provider, subject), browser };
}

const accounts = (subject: string) => house.sql(`select name, roles, municipalities, password_hash = '' from account where subject = '${subject}'`);
const refusals = async () => Number((await house.sql("select count(*) from audit_record where action = 'sign-in-refused'"))[0]);

test("out to the provider: code, PKCE, state, nonce, and nothing secret in the browser but one sealed cookie", async () => {
  const out = await new Browser(house).go(`https://localhost:${house.port}/v1/sessions/oidc`);
  assert.equal(out.status, 303);
  const at = new URL(out.headers.location!);
  assert.equal(at.origin, provider.issuer);
  const asked = at.searchParams;
  assert.equal(asked.get("response_type"), "code");
  assert.equal(asked.get("code_challenge_method"), "S256");
  assert.equal(asked.get("scope"), "openid profile");
  for (const name of ["state", "nonce", "code_challenge"]) assert.equal(asked.get(name)!.length, 43, name);
  const [cookie] = out.headers["set-cookie"]!;
  for (const flag of ["__Host-oidc=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"]) assert.ok(cookie!.includes(flag), cookie);
  for (const name of ["state", "nonce", "code_challenge"]) assert.ok(!cookie!.includes(asked.get(name)!), name);
  assert.match(String(out.headers["cache-control"]), /no-store/);
});

test("who comes back has a session of ours, with the roles and the region that the token gives", async () => {
  const { how, browser } = await arrive("u-1", analyst);
  assert.equal(how, "done");
  assert.deepEqual([...browser.cookies().keys()], ["__Host-session"], "the attempt's cookie is gone");
  const session = JSON.parse((await browser.session()).text);
  assert.equal(session.user, analyst.preferred_username);
  assert.deepEqual(session.roles, ["analyst"]);
  assert.equal(session.csrfToken.length, 43);
  assert.deepEqual(await accounts("u-1"), ["a.jansen@riec.example|{analyst}|{GM9901}|t"], "unknown municipalities give nothing");
  assert.equal((await browser.go(`${browser.home}/v1/alerts`)).status, 200);
  assert.equal((await browser.go(`${browser.home}/v1/users`)).status, 403);
  const [detail] = await house.sql("select d.detail->>'via' || (d.detail->'roles')::text from audit_record r join audit_detail d on d.record = r.id where r.action = 'signed-in' and r.actor_kind = 'account' order by r.xact desc limit 1");
  assert.equal(detail, 'oidc["analyst"]');
});

test("the next time the same account follows what the provider says then", async () => {
  const { how } = await arrive("u-1", { ...analyst, preferred_username: "a.de-boer@riec.example", groups: ["leads"] });
  assert.equal(how, "done");
  assert.deepEqual(await accounts("u-1"), ["a.de-boer@riec.example|{case-lead}|{GM9901}|t"]);
});

test("signing in again ends the session that was there", async () => {
  const { browser } = await arrive("u-2", { ...analyst, preferred_username: "twee" });
  const old = browser.cookies().get("__Host-session")!;
  assert.equal(await browser.signIn(provider, "u-2"), "done");
  assert.notEqual(browser.cookies().get("__Host-session"), old);
  assert.equal((await house.api.get("/v1/sessions/current", { headers: { cookie: `__Host-session=${old}` } })).status, 401);
  assert.equal((await browser.session()).status, 200);
});

test("a token that gives no role, no region, duties that are apart, or somebody else's name opens nothing", async () => {
  const cases: [string, Person, string][] = [
    ["no role", { ...analyst, groups: ["printers"] }, "role"],
    ["our word instead of theirs", { ...analyst, groups: ["analyst"] }, "role"],
    ["duties that are apart", { ...analyst, groups: ["CN=analisten,O=riec", "beheerders"] }, "role"],
    ["no groups at all", { ...analyst, groups: undefined }, "role"],
    ["no municipality of ours", { ...analyst, municipalities: ["GM0001"] }, "account"],
    ["no municipality at all", { ...analyst, municipalities: [] }, "account"],
    ["no name", { ...analyst, preferred_username: undefined }, "account"],
    ["the name of an account with a password", { ...analyst, preferred_username: house.secret("ADMIN_USER") }, "account"],
  ];
  const before = await refusals();
  for (const [what, person, reason] of cases) {
    const { how, browser } = await arrive("u-refused", person);
    assert.equal(how, reason, what);
    assert.equal(browser.cookies().size, 0, what);
    assert.deepEqual(await accounts("u-refused"), [], what);
  }
  assert.equal(await refusals(), before + cases.length, "each is on the record");
});

test("an account that an administrator ended stays ended, and has no password to reset or guess", async () => {
  const { browser } = await arrive("u-3", { ...analyst, preferred_username: "drie" });
  const admin = await house.api.person("ADMIN");
  const id = (await house.api.get("/v1/users?limit=100", admin)).body.items.find((user: any) => user.name === "drie").id;
  assert.equal((await house.api.post(`/v1/users/${id}/resets`, { password: "een heel nieuw wachtwoord" }, admin)).status, 409);
  assert.equal((await house.api.post("/v1/sessions", { user: "drie", password: "x" }, {})).status, 401);
  assert.equal((await house.api.call("DELETE", `/v1/users/${id}`, admin)).status, 204);
  assert.equal((await browser.session()).status, 401, "at once");
  assert.equal((await arrive("u-3", { ...analyst, preferred_username: "drie" })).how, "account");
});

test("an answer counts once, and only in the browser that asked for it", async () => {
  provider.people.set("u-4", { ...analyst, preferred_username: "vier" });
  const mine = new Browser(house);
  const back = await mine.goThrough(provider, "u-4");
  const other = new Browser(house);
  assert.equal((await other.go(back)).headers.location, "/?signIn=attempt", "no cookie");
  await other.go(`${other.home}/v1/sessions/oidc`);
  assert.equal((await other.go(back)).headers.location, "/?signIn=attempt", "another attempt's cookie");
  assert.equal(other.cookies().size, 0);

  const attempt = mine.cookies().get("__Host-oidc")!;
  const landed = async (url: string, cookie: string) => {
    mine.cookies().set("__Host-oidc", cookie);
    return (await mine.go(url)).headers.location;
  };
  const changed = (name: string, value: string) => {
    const url = new URL(back);
    url.searchParams.set(name, value);
    return url.href;
  };
  assert.equal(await landed(changed("state", "A".repeat(43)), attempt), "/?signIn=attempt");
  assert.equal(await landed(back, `${attempt.slice(0, -4)}AAAA`), "/?signIn=attempt", "a cookie that was changed");
  assert.equal(await landed(changed("iss", "https://evil.example"), attempt), "/?signIn=token", "another provider's answer");
  assert.equal(await landed(changed("code", "made-up"), attempt), "/?signIn=provider");
  assert.equal(await landed(changed("error", "access_denied"), attempt), "/?signIn=provider");
  assert.equal(await landed(back, attempt), "/?signIn=done");
  assert.equal(await landed(back, attempt), "/?signIn=provider", "the same answer again");
});

test("keys that the provider changed are found; an algorithm that is not allowed is not", async () => {
  await provider.start();
  await until("the new keys to be found", async () => (await arrive("u-5", { ...analyst, preferred_username: "vijf" })).how === "done");
  await provider.start("RS256");
  assert.equal((await arrive("u-5", { ...analyst, preferred_username: "vijf" })).how, "token");
  await provider.start();
});

test("without the provider people with a password still come in, and the log says what is wrong", async () => {
  await provider.stop();
  await house.restart();
  const answer = await new Browser(house).go(`https://localhost:${house.port}/v1/sessions/oidc`);
  assert.equal(answer.headers.location, "/?signIn=unavailable");
  assert.match(house.log(), /sign-in provider failed/);
  house.api.forget();
  await house.api.person("ANALYST");
  await provider.start();
  assert.equal((await arrive("u-1", analyst)).how, "done", "nothing was kept of the failure");
});

test("nothing personal of it is in the log, and no secret", () => {
  for (const canary of ["jansen", "de-boer", "u-refused", CLIENT.secret, "GM0001"]) assert.ok(!house.log().includes(canary), canary);
});

test("a configuration that names roles nobody can get is refused", async () => {
  const { code, stderr } = await house.command("config", "check");
  assert.equal(code, 0, stderr);
  await house.stop();
  house.configure((text) => text.replace("leads=case-lead", "leads=landlord"));
  house.launch();
  await until("the daemon to end", () => house.daemon!.exitCode !== null);
  assert.match(house.log(), /oidc\.roles: entry 2/);
});
