// Rule conditions: libcel beside the same rules by hand in C.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Report, ROOT, run } from "./report.ts";

export const title = "rule conditions over dossiers, CPU time";

/** A workload kept outside the tree: 60 rules over 2,000 dossiers, in C with interned strings. */
function shared(report: Report): void {
  const source = path.join(ROOT, "../shared/bench/cel");
  if (!fs.existsSync(source)) return report.note("../shared/bench/cel is not there: its 60 rules were not measured");
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "cel-bench-"));
  fs.cpSync(source, place, { recursive: true });
  run(["chmod", "-R", "u+w", place]);
  run([process.execPath, "gen-data.mjs"], place);
  run(["gcc", "-O2", "-w", "-DIDS", "bench.c", "-o", "by-hand", "-ljansson", "-lpcre2-8"], place);
  const hand = JSON.parse(run(["./by-hand", "dossiers.jsonl"], place));
  const ours = JSON.parse(run([path.join(ROOT, "build/cel"), "bench", "rules.jsonl", "dossiers.jsonl"], place));
  if (ours.checksum !== hand.checksum) throw new Error("the two do not agree about which rules fire");
  report.figure("60 rules by hand, interned strings", hand.eval_min, "µs/dossier");
  report.figure("60 rules, libcel", ours.eval_min, "µs/dossier", "60 rules by hand, interned strings");
  report.figure("60 rules, libcel, from JSON", ours.full_min, "µs/dossier");
  report.figure("compiling the 60 rules", ours.compile_ms, "ms");
  fs.rmSync(place, { recursive: true });
}

export default function bench(report: Report): void {
  shared(report);
}
