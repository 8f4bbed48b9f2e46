// Measures: `make bench` runs every tests/bench/*.bench.ts, `make bench T=cel` one.
//
// A workload is one file, <name>.bench.ts: it exports `title` and a default function that is given a Report.
// Figures are printed and kept in build/bench.json, by workload. Nothing is asserted about time.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Report, ROOT } from "./report.ts";

interface Workload {
  title: string;
  default: (report: Report) => Promise<void> | void;
}

const OUT = path.join(ROOT, "build/bench.json");
const kept = fs.existsSync(OUT) ? JSON.parse(fs.readFileSync(OUT, "utf8")).workloads : {};
const names = fs.readdirSync(import.meta.dirname).flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? []);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no workload ${unknown.join(", ")}; there are ${names.join(", ")}`);
  process.exit(2);
}

let failed = false;
for (const name of wanted.length > 0 ? wanted : names) {
  const workload = (await import(`./${name}.bench.ts`)) as Workload;
  const report = new Report();
  console.log(`${name}: ${workload.title}`);
  try {
    await workload.default(report);
    kept[name] = { title: workload.title, measuredAt: new Date().toISOString(), notes: report.notes, figures: report.figures };
  } catch (error) {
    failed = true;
    console.log(`  failed: ${error instanceof Error ? error.message : error}`);
  }
}
const machine = { cpu: os.cpus()[0]?.model ?? "unknown", cores: os.cpus().length, load: os.loadavg()[0], node: process.version };
fs.mkdirSync(path.dirname(OUT), { recursive: true });
fs.writeFileSync(OUT, JSON.stringify({ machine, workloads: kept }, null, 2) + "\n");
console.log(`written: ${path.relative(process.cwd(), OUT)}`);
process.exit(failed ? 1 : 0);
