// Each role of the daemon in a process of its own: its own database user with the few grants its statements need, its
// own operations socket; together they do the main job.

import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { House, root, until } from "./harness/house.ts";
import { alertOf, created, nextBag, suspicious, tip } from "./harness/facts.ts";
import { DESK, Partner } from "./harness/receiver.ts";

const run = promisify(execFile);
const roles = ["api", "assess", "deliver", "upkeep", "batch"] as const;
let house: House;
let partner: Partner;
const processes = new Map<string, ChildProcess>();

const socketOf = (role: string) => join(house.dir, `${role}.ops`);

function ops(role: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((done, fail) => {
    const sent = request({ socketPath: socketOf(role), path, headers: { host: "localhost" } }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part));
      answer.on("end", () => done({ status: answer.statusCode!, text }));
    });
    sent.on("error", fail);
    sent.end();
  });
}

/** The configuration of one role: its own database user; all else is everybody's. */
function start(role: string) {
  const as = house.databaseUrl.replace(/\/\/[^@]*@/, `//pandwacht-${role}@`);
  const log = openSync(join(house.dir, `${role}.log`), "a");
  processes.set(role, spawn(join(root, "build/pandwacht"), ["serve", "--role", role, "--config", configOf(role, as)], { cwd: root, stdio: ["ignore", log, log] }));
}

function configOf(role: string, url: string): string {
  const file = join(house.dir, `${role}.yaml`);
  const text = readFileSync(house.configFile, "utf8");
  writeFileSync(
    file,
    text
      .replace(/url: postgresql:.*/, `url: ${url}`)
      .replace(/address: 127\.0\.0\.1:\d+\ndatabase/, `address: "unix:${house.dir}/{role}.ops"\ndatabase`)
      .replace("activate-on-reload: true", "activate-on-reload: false"),
  );
  return file;
}

before(async () => {
  house = await House.start("roles-apart"); // the owner puts the rules in force
  await house.stop();
  const granted = await house.command("migrate", "--users");
  assert.equal(granted.code, 0, granted.stderr);
  for (const role of roles) start(role);
  partner = new Partner(house, DESK).start();
  for (const role of roles)
    await until(`${role} to be ready`, async () => {
      if (processes.get(role)!.exitCode !== null) throw new Error(`${role} ended; see ${house.dir}/${role}.log`);
      return (await ops(role, "/health/ready")).status === 200;
    });
});

after(async () => {
  partner?.stop();
  for (const process of processes.values()) process.kill("SIGTERM");
  await house.close();
});

test("from tip to the desk's inbox, through the processes", async () => {
  const home = await suspicious(house);
  const { alert } = await alertOf(house, home.premisesId);
  const event = await partner.await("alert.raised", home.premisesId);
  assert.equal(event.data.alertId, alert.id);
  await until("the audit chain to be sealed by upkeep", async () => (await house.sql("select count(*) > 0 from audit_seal"))[0] === "t");
});

test("each process counts for itself, on its own socket", async () => {
  assert.match((await ops("assess", "/metrics")).text, /pandwacht_premises_assessed_total [1-9]/);
  assert.match((await ops("api", "/metrics")).text, /pandwacht_premises_assessed_total 0/);
  assert.match((await ops("deliver", "/metrics")).text, /pandwacht_deliveries_total\{result="delivered"\} [1-9]/);
});

test("a backtest asked of the API is run by batch, which may not publish what it tried", async () => {
  const policy = await house.api.person("POLICY");
  const [live] = await house.sql("select encode(sha256, 'hex') from ruleset_publication");
  const asked = await house.api.post("/v1/backtests", { candidate: live, history: "learnt" }, policy);
  assert.equal(asked.status, 201, asked.text);
  await until("the backtest to be done", async () => (await house.api.get(`/v1/backtests/${asked.body.id}`, policy)).body.status === "done");
  assert.match(await as("batch", "insert into ruleset_publication select * from ruleset_publication"), /permission denied/);
});

/** Runs a statement as the database user of a role; "" when it was allowed. */
async function as(role: string, statement: string): Promise<string> {
  try {
    await house.sql(`set role "pandwacht-${role}"; ${statement}`);
    return "";
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error);
  }
}

test("a user holds no grant that its statements do not need", async () => {
  for (const [role, table] of [["deliver", "fact"], ["deliver", "sealed_text"], ["deliver", "account"], ["assess", "session"], ["assess", "account"], ["assess", "party"], ["upkeep", "client_token"], ["batch", "session"], ["batch", "sealed_text"]])
    assert.match(await as(role!, `select * from ${table}`), /permission denied/, `${role} reads ${table}`);
  for (const role of roles) {
    assert.match(await as(role, "delete from audit_record"), /permission denied/, role);
    assert.match(await as(role, "update audit_record set action = 'x'"), /permission denied/, role);
    assert.match(await as(role, "create table mine (a integer)"), /permission denied/, role);
    assert.match(await as(role, "truncate fact"), /permission denied/, role);
  }
});

test("an owner who may not make users is told what a superuser has to run", async () => {
  await house.sql("create role plain login");
  await house.sql("create database plain owner plain");
  const file = join(house.dir, "plain.yaml");
  writeFileSync(file, readFileSync(house.configFile, "utf8").replace(/url: postgresql:.*/, `url: ${house.databaseUrl.replace(/\/\/[^@]*@\/\w+/, "//plain@/plain")}`));
  const migrate = (...args: string[]) => run(join(root, "build/pandwacht"), ["migrate", "--users", ...args, "--config", file]);
  await assert.rejects(migrate(), /run as a superuser: grant "pandwacht-api" to plain/);
  for (const role of roles) await house.sql(`grant "pandwacht-${role}" to plain`);
  await house.sql('alter role "pandwacht-deliver" rename to away');
  await assert.rejects(migrate(), /pandwacht-deliver is not our database user; run as a superuser: create role "pandwacht-deliver" login role plain/);
  await house.sql('alter role away rename to "pandwacht-deliver"');
  await migrate();
});

test("rows are guarded by user: nobody in the background speaks for a person", async () => {
  const record = (kind: string) => `insert into audit_record (id, actor_kind, action, object_kind) values (gen_random_uuid(), '${kind}', 'test', 'test')`;
  for (const role of ["assess", "deliver", "upkeep", "batch"]) {
    assert.equal(await as(role, record("system")), "", role);
    assert.match(await as(role, record("account")), /row-level security/, role);
  }
  assert.equal(await as("api", record("account")), "");
  assert.match(await as("api", record("operator")), /row-level security/);
  // A session in use is out of reach for cleaning up.
  await house.api.person("ANALYST");
  assert.equal((await house.sql(`set role "pandwacht-upkeep"; with gone as (delete from session where ended_at is null and expires_at > now() returning 1) select count(*) from gone`))[0], "0");
});

test("the API goes on while another role is down, and what waited is done when it is back", async () => {
  const assess = processes.get("assess")!;
  const ended = new Promise((done) => assess.once("exit", done));
  assess.kill("SIGKILL");
  await ended;
  const fact = await created(house, "tips", tip(nextBag()));
  start("assess");
  await until("the tip to be assessed", async () => (await house.sql(`select count(*) from assessment where premises = '${fact.premisesId}'`))[0] !== "0", 90_000);
});
