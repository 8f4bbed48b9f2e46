// Policy owners at work: a candidate is checked, tried on all history, published by two people, followed as a
// shadow, and gone back on; a flood waits for a case lead; what the rules brought is measured.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House, root, until } from "./harness/house.ts";
import { alertOf, nextBag, suspicious } from "./harness/facts.ts";

let house: House;
before(async () => {
  house = await House.open("lab");
  // Nothing but publishing changes the set in force, and three alerts are a flood here.
  house.configure((text) => text.replace("activate-on-reload: true", "activate-on-reload: true\n  flood: 2"));
  await house.serve();
});
after(() => house.close());

const payment = readFileSync(join(root, "rules/premises-risk/payment.yaml"), "utf8");
const rulesetFile = readFileSync(join(root, "rules/premises-risk/ruleset.yaml"), "utf8");

async function live(): Promise<string> {
  return (await house.sql("select encode(sha256, 'hex') from ruleset_publication order by published_at desc, id desc limit 1"))[0]!;
}

/** Keeps a candidate made of the live set and some files; gives its hash. */
async function candidate(files: { name: string; text: string }[]): Promise<string> {
  const answer = await house.api.post("/v1/rulesets", { files }, await house.api.person("POLICY"));
  assert.equal(answer.status, 201, answer.text);
  return answer.body.ruleset.sha256;
}

async function backtest(sha256: string, more: object = {}): Promise<any> {
  const policy = await house.api.person("POLICY");
  const asked = await house.api.post("/v1/backtests", { candidate: sha256, ...more }, policy);
  assert.equal(asked.status, 201, asked.text);
  assert.equal(asked.headers.location, `/v1/backtests/${asked.body.id}`);
  return until("the backtest", async () => {
    const { body } = await house.api.get(`/v1/backtests/${asked.body.id}`, policy);
    assert.notEqual(body.status, "failed");
    return body.status === "done" && body;
  });
}

const propose = async (sha256: string, backtestId: string) =>
  house.api.post("/v1/ruleset-publications", { sha256, backtestId, reason: "Tried on all history" }, await house.api.person("POLICY"));
const approve = async (id: string, who: string, yes = true) =>
  house.api.post(`/v1/ruleset-publications/${id}/approvals`, { approve: yes, note: "seen" }, await house.api.person(who));

/** Levels so high that nothing reaches an alert by points. */
const silent = { name: "premises-risk/ruleset.yaml", text: rulesetFile.replace(/alert: \d+, urgent: \d+/, "alert: 90, urgent: 95").replace(/version: .*/, "version: 9.0.0") };

test("a candidate that is wrong: refused with file, line and column; nothing is kept", async () => {
  const kept = await house.sql("select count(*) from ruleset");
  const files = [{ name: "premises-risk/payment.yaml", text: payment.replace("payment.method == 'cash'", "payment.method == 7") }];
  const answer = await house.api.post("/v1/rulesets", { files }, await house.api.person("POLICY"));
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.body.invalidParams[0].reason, /^premises-risk\/payment\.yaml:\d+:\d+: /);
  assert.deepEqual(await house.sql("select count(*) from ruleset"), kept);
});

test("a trial tells who would gain and who would lose an alert; two people publish it; the former comes back", async () => {
  const home = await suspicious(house);
  await alertOf(house, home.premisesId);
  const former = await live();
  const sha256 = await candidate([{ name: "premises-risk/payment.yaml", text: payment.replace(/points: \d+/, "points: 1") }]);
  const { id, result } = await backtest(sha256);
  assert.equal(result.candidate.sha256, sha256);
  assert.equal(result.baseline.sha256, former);
  assert.equal(result.premises, 1);
  assert.equal(Object.values<number>(result.changes).reduce((a, b) => a + b), 1);
  assert.ok(result.alertsPerWeek.before.low <= result.alertsPerWeek.before.estimate);

  const proposed = await propose(sha256, id);
  assert.equal(proposed.status, 201, proposed.text);
  assert.equal((await approve(proposed.body.id, "POLICY")).status, 403, "not by the same person");
  assert.equal(await live(), former);
  const approved = await approve(proposed.body.id, "POLICY2");
  assert.equal(approved.body.status, "published", approved.text);
  assert.equal(await live(), sha256);
  assert.equal((await approve(proposed.body.id, "POLICY2")).status, 409, "once");
  assert.deepEqual(await house.sql("select action from audit_record where action like 'publication-%' or action = 'ruleset-published' order by id"), ["publication-proposed", "publication-approved", "ruleset-published"]);
  await until("the premises to be assessed under it", async () => (await house.sql(`select encode(ruleset, 'hex') from assessment where premises = '${home.premisesId}' order by id desc limit 1`))[0] === sha256);

  const stale = await propose(sha256, id);
  assert.equal(stale.status, 409, "the set in force already");
  const back = await backtest(former);
  const again = await propose(former, back.id);
  assert.equal((await approve(again.body.id, "POLICY2", false)).body.status, "refused");
  assert.equal(await live(), sha256);
  const third = await propose(former, back.id);
  assert.equal((await approve(third.body.id, "POLICY2")).body.status, "published");
  assert.equal(await live(), former);
});

test("what touches more alerts at once than the brake allows waits for a case lead", async () => {
  for (let i = 0; i < 3; i++) await alertOf(house, (await suspicious(house, nextBag())).premisesId);
  const before = await live();
  const sha256 = await candidate([silent]);
  const { id, result } = await backtest(sha256);
  assert.ok(result.onPublishing.withdrawn > 2, JSON.stringify(result.onPublishing));
  assert.equal(result.changes.lost, result.onPublishing.withdrawn);
  const proposed = await propose(sha256, id);
  const held = await approve(proposed.body.id, "POLICY2");
  assert.equal(held.body.status, "held", held.text);
  assert.equal(await live(), before);

  assert.equal((await house.api.post(`/v1/ruleset-publications/${proposed.body.id}/releases`, {}, await house.api.person("POLICY"))).status, 403);
  execFileSync(join(root, "build/pandwacht"), ["user", "add", "casusleider", "--role", "case-lead", "--password-file", "-", "--config", house.configFile], { cwd: root, input: "een lang wachtwoord\n" });
  const signed = await house.api.post("/v1/sessions", { user: "casusleider", password: "een lang wachtwoord", kind: "bearer" }, {});
  assert.equal(signed.status, 201, signed.text);
  const released = await house.api.post(`/v1/ruleset-publications/${proposed.body.id}/releases`, {}, { token: signed.body.accessToken });
  assert.equal(released.body.status, "published", released.text);
  assert.equal(await live(), sha256);
  // The levels reached stand: what is open is not withdrawn by a rule set.
  assert.deepEqual(await house.sql("select count(*) from alert where status = 'withdrawn'"), ["0"]);

  const back = await backtest(before);
  const again = await propose(before, back.id);
  await approve(again.body.id, "POLICY2");
  await house.api.post(`/v1/ruleset-publications/${again.body.id}/releases`, {}, { token: signed.body.accessToken });
  assert.equal(await live(), before);
});

test("a proposal rests on a finished trial of that very set", async () => {
  const sha256 = await candidate([silent]);
  const other = await backtest(await live());
  const wrong = await propose(sha256, other.id);
  assert.equal(wrong.status, 400, wrong.text);
  assert.equal(wrong.body.invalidParams[0].name, "/backtestId");
  const unknown = await house.api.post("/v1/backtests", { candidate: "00".repeat(32) }, await house.api.person("POLICY"));
  assert.equal(unknown.status, 400);
  assert.equal(unknown.body.invalidParams[0].code, "reference");
});

test("a shadow set follows beside the live one and raises nothing", async () => {
  const policy = await house.api.person("POLICY");
  const sha256 = await candidate([silent]);
  const alerts = await house.sql("select count(*) from alert");
  assert.equal((await house.api.post("/v1/ruleset-shadows", { sha256 }, policy)).status, 201);
  const [{ count }] = [{ count: Number((await house.sql("select count(distinct premises) from fact"))[0]) }];
  const shadow = await until("the shadow to have seen all", async () => {
    const { body } = await house.api.get("/v1/ruleset-shadows", policy);
    return body.items.length === 1 && body.items[0].premises === count && body.items[0];
  });
  assert.ok(shadow.lost >= 4, JSON.stringify(shadow));
  assert.equal(shadow.levels.shadow.alert, 0);
  const differences = await house.api.get(`/v1/ruleset-shadows/${sha256}/differences`, policy);
  assert.equal(differences.body.items.length, shadow.differs);
  assert.deepEqual(await house.sql("select count(*) from alert"), alerts);
  assert.equal((await house.api.call("DELETE", `/v1/ruleset-shadows/${sha256}`, policy)).status, 204);
  assert.equal((await house.api.get("/v1/ruleset-shadows", policy)).body.items.length, 0);
});

test("verdicts count for the rules that brought points, with plain words while there are few", async () => {
  const desk = await house.api.person("ANALYST"), auditor = await house.api.person("AUDITOR");
  const { alert } = await alertOf(house, (await suspicious(house, nextBag())).premisesId);
  const path = `/v1/alerts/${alert.id}`;
  assert.equal((await house.api.change("POST", `${path}/claims`, path, desk, {})).status, 201);
  const decided = await house.api.change("POST", `${path}/decisions`, path, desk, { verdict: "unfounded", reason: "A visit explained all of it" });
  assert.equal(decided.status, 201, decided.text);
  const rule = alert.explanation.find((line: any) => line.kind === "rule" && line.points > 0).id;
  const { body } = await house.api.get(`/v1/rules/${rule}/performance`, auditor);
  assert.equal(body.verdicts.unfounded, 1);
  assert.equal(body.verdicts.enoughCases, false);
  assert.equal(body.verdicts.precision.estimate, 0);
  assert.ok(body.verdicts.precision.high > 0.7, "one case says next to nothing");
  assert.equal(body.outcomes.precision, null);
  assert.equal(body.state, "not-enough-cases");
});

test("every rule of the live set can be read, page by page", async () => {
  const auditor = await house.api.person("AUDITOR");
  const ids: string[] = [];
  let path = "/v1/rules?limit=50";
  while (path) {
    const { body } = await house.api.get(path, auditor);
    ids.push(...body.items.map((item: any) => item.id));
    path = body._links.next?.href;
  }
  assert.deepEqual(ids, [...new Set(ids)].sort());
  assert.ok(ids.length > 60 && ids.includes("pay-cash-rent"), `${ids.length} rules`);
});

test("a backtest outlives the process that ran it", async () => {
  const policy = await house.api.person("POLICY");
  const { body } = await house.api.post("/v1/backtests", { candidate: await live(), history: "learnt" }, policy);
  await house.sql(`update backtest set status = 'running', attempts = 1, fence = 7, lease_until = now() - interval '1 second' where id = '${body.id}' and status = 'waiting'`);
  const done = await until("the backtest to be taken over", async () => {
    const now = await house.api.get(`/v1/backtests/${body.id}`, policy);
    return now.body.status === "done" && now.body;
  });
  assert.equal(done.result.history, "learnt");
});
