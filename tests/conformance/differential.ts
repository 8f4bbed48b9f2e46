// libcel beside another implementation (npm @bufbuild/cel) over random well-typed expressions.
//
// What the other says becomes the expectation of a conformance case, and `build/cel conformance` judges. Where the
// two are known to differ, `known` tells which of them the definition of the language supports, and with what sentence.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { celEnv, celUint, isCelError, isCelList, isCelMap, isCelUint, parse, plan } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import { type Case, Random, Uint, type Value, variables } from "./random.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BATCH = 20_000;

/** A difference that is explained: how to recognise it, and the sentence of the definition that decides. */
export interface Known {
  name: string;
  sentence: string;
  matches(expr: string, theirs: any, ours: string): boolean;
}

export interface Outcome {
  cases: number;
  explained: Record<string, number>;
  unexplained: string[];
}

const other = celEnv({ funcs: strings });

function input(value: Value): any {
  if (value instanceof Uint) return celUint(value.value);
  if (Array.isArray(value)) return value.map(input);
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [k, input(v)]));
  return value;
}

function tagged(value: any): any {
  if (typeof value === "bigint") return { int: String(value) };
  if (isCelUint(value)) return { uint: String(value.value) };
  if (value instanceof Uint) return { uint: String(value.value) };
  if (typeof value === "number") return { double: Number.isFinite(value) ? value : String(value) };
  if (typeof value === "string") return { string: value };
  if (typeof value === "boolean") return { bool: value };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value) || isCelList(value)) return { list: [...value].map(tagged) };
  if (value instanceof Map || isCelMap(value)) return { map: [...value].map(([k, v]: any) => [tagged(k), tagged(v)]) };
  throw new Error(`a value of no kind expected here: ${String(value)}`);
}

function theirs(one: Case, expr: string): any {
  try {
    const value = plan(other, parse(expr))(Object.fromEntries(Object.entries(one.bindings).map(([k, v]) => [k, input(v)])));
    return isCelError(value) ? { error: "any" } : { value: tagged(value) };
  } catch {
    return { error: "any" };
  }
}

const env = Object.entries(variables).map(([name, type]) => ({ name, type }));

interface Asked {
  one: Case;
  expr: string; // the case's, or a part of it
}

interface Difference extends Asked {
  ours: string;
  theirs: any;
}

/** What libcel says otherwise than the other. */
function differences(asked: Asked[], file: string): Difference[] {
  const expected = asked.map(({ one, expr }) => theirs(one, expr));
  const lines = asked.map(({ one, expr }, n) => {
    const bindings = Object.fromEntries(Object.entries(one.bindings).map(([name, value]) => [name, tagged(value)]));
    return JSON.stringify({ file: "random", section: "", name: String(n), expr, env, bindings, expect: expected[n] });
  });
  fs.writeFileSync(file, lines.join("\n"));
  const result = spawnSync(path.join(ROOT, "build/cel"), ["conformance", file], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (!/passed, \d+ failed/.test(result.stdout)) throw new Error(`cel conformance ended with ${result.status ?? result.signal}`);
  return [...result.stdout.matchAll(/^FAIL random\/\/(\d+): got (.*), expected /gm)].map((fail) => {
    const n = Number(fail[1]);
    return { ...asked[n]!, ours: fail[2]!, theirs: expected[n] };
  });
}

/** For each difference the smallest part in which it shows by itself. */
function causes(found: Difference[], file: string): Difference[] {
  const parts = found.flatMap(({ one }) => [...new Set(one.parts)].map((expr) => ({ one, expr })));
  const smallest = new Map<Case, Difference>();
  for (const difference of differences(parts, file)) {
    const best = smallest.get(difference.one);
    if (best === undefined || difference.expr.length < best.expr.length) smallest.set(difference.one, difference);
  }
  return found.map((difference) => smallest.get(difference.one) ?? difference);
}

function described({ one, expr, ours, theirs: other }: Difference): string {
  return `seed ${one.seed}: ${expr}: libcel ${ours}, the other ${JSON.stringify(other)}`;
}

/** Runs `count` cases from `seed` on. */
export function differential(count: number, seed: number, known: Known[]): Outcome {
  const outcome: Outcome = { cases: 0, explained: {}, unexplained: [] };
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "cel-differential-"));
  const file = path.join(place, "cases.jsonl");
  for (let from = seed; from < seed + count; from += BATCH) {
    const cases = Array.from({ length: Math.min(BATCH, seed + count - from) }, (_, n) => new Random(from + n).case(from + n));
    outcome.cases += cases.length;
    for (const cause of causes(differences(cases.map((one) => ({ one, expr: one.expr })), file), file)) {
      const why = known.find((k) => k.matches(cause.expr, cause.theirs, cause.ours));
      if (why) outcome.explained[why.name] = (outcome.explained[why.name] ?? 0) + 1;
      else outcome.unexplained.push(described(cause));
    }
  }
  fs.rmSync(place, { recursive: true });
  return outcome;
}
