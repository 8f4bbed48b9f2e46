// Rule conditions: libcel beside the same rules by hand in C, and beside implementations from npm.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { dossiers, rules } from "./cel/workload.ts";
import { type Report, ROOT, run } from "./report.ts";

export const title = "rule conditions over dossiers, CPU time";

const CEL = path.join(ROOT, "build/cel");
const DOSSIERS = 2000;

interface Figures {
  eval_min: number;
  full_min: number;
  compile_ms: number;
  checksum: string;
}

/** Runs `work` in a folder that is gone afterwards. */
function inFolder(work: (place: string) => void): void {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "cel-bench-"));
  try {
    work(place);
  } finally {
    fs.rmSync(place, { recursive: true, force: true });
  }
}

function measured(command: string[], place: string, wanted?: string): Figures {
  const figures = JSON.parse(run(command, place)) as Figures;
  if (wanted !== undefined && figures.checksum !== wanted) throw new Error(`${command[0]} finds other rules than libcel`);
  return figures;
}

/** Shipped rules over generated dossiers. */
function own(report: Report): void {
  inFolder((place) => {
    run(["gcc", "-O2", "-Wall", "-Werror", path.join(ROOT, "tests/bench/cel/by_hand.c"), "-o", "by-hand", "-ljansson"], place);
    const shipped = rules(run([path.join(place, "by-hand"), "--ids"], place).trim().split("\n"));
    fs.writeFileSync(path.join(place, "rules.jsonl"), shipped.map((rule) => JSON.stringify(rule) + "\n").join(""));
    fs.writeFileSync(path.join(place, "dossiers.jsonl"), dossiers(DOSSIERS));
    const n = `${shipped.length} shipped rules`;
    const ours = measured([CEL, "bench", "rules.jsonl", "dossiers.jsonl"], place);
    const hand = measured(["./by-hand", "dossiers.jsonl"], place, ours.checksum);
    report.figure(`${n}, by hand in C`, hand.eval_min, "µs/dossier");
    report.figure(`${n}, libcel`, ours.eval_min, "µs/dossier", `${n}, by hand in C`);
    for (const peer of ["@marcbachmann/cel-js", "@bufbuild/cel"]) {
      const script = path.join(ROOT, "tests/bench/cel/peer.ts");
      const theirs = measured([process.execPath, "--import", "tsx", script, peer, place], path.join(ROOT, "tests"), ours.checksum);
      report.figure(`${n}, ${peer}`, theirs.eval_min, "µs/dossier", `${n}, libcel`);
    }
    report.figure(`${n}, libcel, loaded from JSON as well`, ours.full_min, "µs/dossier");
    report.figure(`${n}, libcel, compiling all`, ours.compile_ms, "ms");
  });
}

/** A workload kept outside the tree: 60 rules over 2,000 dossiers, in C with interned strings. */
function shared(report: Report): void {
  const source = path.join(ROOT, "../shared/bench/cel");
  if (!fs.existsSync(source)) return report.note("../shared/bench/cel is not there: its 60 rules were not measured");
  inFolder((place) => {
    fs.cpSync(source, place, { recursive: true });
    run(["chmod", "-R", "u+w", place]);
    run([process.execPath, "gen-data.mjs"], place);
    run(["gcc", "-O2", "-w", "-DIDS", "bench.c", "-o", "by-hand", "-ljansson", "-lpcre2-8"], place);
    const ours = measured([CEL, "bench", "rules.jsonl", "dossiers.jsonl"], place);
    const hand = measured(["./by-hand", "dossiers.jsonl"], place, ours.checksum);
    report.figure("60 rules, by hand in C, interned strings", hand.eval_min, "µs/dossier");
    report.figure("60 rules, libcel", ours.eval_min, "µs/dossier", "60 rules, by hand in C, interned strings");
    report.figure("60 rules, libcel, loaded from JSON as well", ours.full_min, "µs/dossier");
    report.figure("60 rules, libcel, compiling all", ours.compile_ms, "ms");
  });
}

export default function bench(report: Report): void {
  own(report);
  shared(report);
}
