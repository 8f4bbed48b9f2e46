// An implementation from npm over rules.jsonl and dossiers.jsonl: node peer.ts NAME FOLDER. Prints what `cel bench` prints.

import fs from "node:fs";
import path from "node:path";
import { celEnv, parse, plan } from "@bufbuild/cel";
import { Environment } from "@marcbachmann/cel-js";

const [name = "", folder = "."] = process.argv.slice(2);
const REPETITIONS = 7;
const lines = (file: string) => fs.readFileSync(path.join(folder, file), "utf8").trim().split("\n");
const rules: { expr: string }[] = lines("rules.jsonl").map((line) => JSON.parse(line));

/** Whole numbers are ints, as in `cel bench`; the workload's doubles all have a fraction. */
const load = (line: string) =>
  JSON.parse(line, (_, value) => (typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value));

function compiled(variables: string[]): ((dossier: any) => unknown)[] {
  if (name === "@bufbuild/cel") {
    const env = celEnv();
    return rules.map((rule) => plan(env, parse(rule.expr)));
  }
  const env = new Environment();
  for (const variable of variables) env.registerVariable(variable, "list<map>");
  return rules.map((rule) => env.parse(rule.expr) as any);
}

const dossiers = lines("dossiers.jsonl").map(load);
const start = process.cpuUsage();
const conditions = compiled(Object.keys(dossiers[0]!));
const compile_ms = process.cpuUsage(start).user / 1000;

function fired(dossier: any): bigint {
  let mask = 0n;
  conditions.forEach((condition, n) => {
    if (condition(dossier) === true) mask |= 1n << BigInt(n);
  });
  return mask;
}

let hash = 0xcbf29ce484222325n;
for (const dossier of dossiers) {
  const mask = fired(dossier);
  for (let bit = 0n; bit < 64n; bit += 8n) hash = BigInt.asUintN(64, (hash ^ ((mask >> bit) & 255n)) * 0x100000001b3n);
}

const times = Array.from({ length: REPETITIONS }, () => {
  const from = process.cpuUsage();
  let count = 0;
  let spent = 0;
  do {
    for (const dossier of dossiers.slice(0, 500)) for (const condition of conditions) condition(dossier);
    count += 500;
    const usage = process.cpuUsage(from);
    spent = usage.user + usage.system;
  } while (spent < 300_000);
  return spent / count;
}).sort((a, b) => a - b);

console.log(JSON.stringify({ peer: name, eval_min: times[0], eval_med: times[3], compile_ms, checksum: hash.toString(16).padStart(16, "0") }));
