// What a workload reports: figures with their unit, compared with what else was measured in the same run.
// The machine drifts, so a figure of another day says little; its ratio does.

import { spawnSync } from "node:child_process";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../..");

export interface Figure {
  name: string;
  value: number;
  unit: string;
  ratio?: number; // value divided by that of the figure named in `of`
  of?: string;
}

export class Report {
  readonly figures: Figure[] = [];
  readonly notes: string[] = [];

  /** Records and prints a figure; with `of`, also its ratio to a figure recorded before. */
  figure(name: string, value: number, unit: string, of?: string): void {
    const base = this.figures.find((f) => f.name === of);
    if (of !== undefined && base === undefined) throw new Error(`no figure "${of}" to compare "${name}" with`);
    this.figures.push({ name, value, unit, ...(base ? { of, ratio: value / base.value } : {}) });
    const ratio = base ? `   ${(value / base.value).toFixed(2)} x ${of}` : "";
    console.log(`  ${name.padEnd(44)} ${value.toPrecision(4).padStart(10)} ${unit}${ratio}`);
  }

  /** Says what was not measured, and why; or what a reader of the figures has to know. */
  note(text: string): void {
    this.notes.push(text);
    console.log(`  ${text}`);
  }
}

/** Runs a program in `cwd` and returns what it printed; its complaint is the error's text. */
export function run(command: string[], cwd = ROOT): string {
  const [program = "", ...args] = command;
  const result = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.status === 0) return result.stdout;
  throw new Error(`${command.join(" ")}: ${result.error?.message ?? result.stderr.trim()}`);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
