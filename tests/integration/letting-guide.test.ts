// docs/safe-letting.md as its reader follows it: the commands, the clients in TypeScript, the page that verifies.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { nextBag, nextId } from "./harness/facts.ts";
import { House, root } from "./harness/house.ts";

const run = promisify(execFile);
const guide = join(root, "docs/safe-letting.md");
const dir = mkdtempSync(join(tmpdir(), "letting-"));

let house: House;
before(async () => void (house = await House.start("letting-guide")));
after(() => house.close());

const landlord = () => house.api.client("LANDLORD_TOKEN");
const env = () => ({
  ...process.env,
  PANDWACHT_URL: `https://localhost:${house.port}`,
  PANDWACHT_CA: join(house.dir, "tls/server-ca.crt"),
  NODE_EXTRA_CA_CERTS: join(house.dir, "tls/server-ca.crt"),
  PANDWACHT_LANDLORD_TOKEN: house.secret("LANDLORD_TOKEN"),
});

/** The indented blocks of a page, but for the line that reads the demo's own environment. */
const commands = (page: string) =>
  page.split("\n").filter((line) => line.startsWith("    ") && !line.includes("build/run/env")).map((line) => line.slice(4)).join("\n");

const client = async (name: string, ...args: string[]) =>
  run(process.execPath, ["--import", "tsx", join(root, "docs", name), ...args], { cwd: join(root, "tests"), env: env() });

test("the commands of the guide, one after the other, end with a receipt that openssl verifies", async () => {
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", commands(readFileSync(guide, "utf8"))], { cwd: dir, env: env() });
  assert.match(stdout, /"id":"T05","code":"employer-confirmed","result":"open"/);
  assert.match(stdout, /"what":"iban","result":"ok"/);
  assert.match(stdout, /Signature Verified Successfully/);
  assert.match(stdout, /"status":"planned"/);
});

test("the client of twenty lines makes a check, tells what to do next and fetches the receipt", async () => {
  assert.ok(readFileSync(join(root, "docs/tenant-check.mts"), "utf8").trim().split("\n").length <= 20);
  const { stdout } = await client("tenant-check.mts");
  assert.match(stdout, /^T05 open \S/m);
  assert.equal(JSON.parse(stdout.trim().split("\n").at(-1)!).signature.alg, "ed25519");
});

test("an agent's file: a check a line, refusals by line, and nothing twice when it is sent again", async () => {
  const file = join(dir, "checks.csv");
  const ids = [nextId("csv"), nextId("csv"), nextId("csv")];
  writeFileSync(file, [
    "sourceId,bagId,stage,noticeGiven,lettingType,idOriginalSeen,depositMonths,clauses",
    `${ids[0]},${nextBag()},signing,yes,dwelling,yes,3,"written use"`,
    `"${ids[1]}",${nextBag()},selected,yes,"dwelling",yes,,`,
    `${ids[2]},${nextBag()},selected,no,dwelling,yes,,`,
  ].join("\r\n"));
  const sent = async () => client("tenant-checks-csv.mts", file).catch((error: { stdout: string; code: number }) => error);
  const first = await sent();
  const lines = first.stdout.trim().split("\n");
  assert.equal(lines.length, 3, first.stdout);
  assert.match(lines[0]!, /^2: \S+ .*T13 inconsistent; T14 open/);
  assert.match(lines[1]!, /^3: [0-9a-f-]{36} /);
  assert.match(lines[2]!, /^4: 400 \/noticeGiven /);
  assert.equal((await sent()).stdout, first.stdout);
  assert.deepEqual(await house.sql(`select count(*) from tenant_check where source_id like 'csv-%'`), ["2"]);
});

/** The page's own script, pressed as its reader does. */
async function page(receipt: string, keys: string): Promise<string> {
  const script = /<script type="module">([^]*)<\/script>/.exec(readFileSync(join(root, "docs/verify-receipt.html"), "utf8"))![1]!;
  const fields: Record<string, any> = { receipt: { value: receipt }, keys: { value: keys }, verify: {}, told: {} };
  new Function("document", script)({ getElementById: (id: string) => fields[id] });
  await fields.verify.onclick();
  return fields.told.textContent;
}

test("the page verifies a receipt and a file, and sees any changed bit", async () => {
  const body = { sourceId: nextId("c"), premises: { bagId: nextBag() }, stage: "selected", noticeGiven: true };
  const check = (await house.api.post("/v1/tenant-checks", body, landlord())).body;
  const receipt = await house.api.get(`/v1/tenant-checks/${check.id}/receipt`, landlord());
  const file = await house.api.get(`/v1/duty-of-care-files/${receipt.body.premisesId}`, landlord());
  const keys = (await house.api.get("/v1/signing-keys", {})).text;
  assert.match(await page(receipt.text, keys), /^Echt/);
  assert.match(await page(file.text, keys), /^Echt/);
  const octets = Buffer.from(receipt.text, "latin1");
  for (let bit = 0; bit < octets.length * 8; bit += 5) {
    const changed = Buffer.from(octets);
    changed[bit >> 3]! ^= 1 << bit % 8;
    assert.match(await page(changed.toString("latin1"), keys), /^Niet/, `bit ${bit}`);
  }
  assert.match(await page(receipt.text, `{"items":[]}`), /^Niet/);
});
