// The project's own workload for conditions: shipped rules, over dossiers generated from the declarations of facts.

import fs from "node:fs";
import path from "node:path";
import { ROOT } from "../report.ts";

export interface Rule {
  id: string;
  expr: string;
}

const KINDS: Record<string, { list: string; variable: string; most: number }> = {
  payment: { list: "payments", variable: "payment", most: 12 },
  registration: { list: "registrations", variable: "registration", most: 4 },
  "register-check": { list: "registerChecks", variable: "registerCheck", most: 8 },
  inspection: { list: "inspections", variable: "inspection", most: 5 },
};

/** The conditions of the rules with these ids, each as "is there a fact of its kind for which it holds". */
export function rules(ids: string[]): Rule[] {
  const folder = path.join(ROOT, "rules/premises-risk");
  const found = new Map<string, Rule>();
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".yaml")))
    for (const text of fs.readFileSync(path.join(folder, file), "utf8").split(/^  - id: /m).slice(1)) {
      const id = /^\S+/.exec(text)![0];
      const kind = KINDS[/^    each: (.+)$/m.exec(text)?.[1] ?? ""];
      const where = /^    where: (?:"(.*)"|(.*))$/m.exec(text);
      if (kind && where) found.set(id, { id, expr: `${kind.list}.exists(${kind.variable}, ${where[1] ?? where[2]})` });
    }
  return ids.map((id) => {
    const rule = found.get(id);
    if (rule === undefined) throw new Error(`rule ${id} is not shipped as it was: bring tests/bench/cel/by_hand.c along`);
    return rule;
  });
}

/** Mulberry32: the same dossiers every time. */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Make = (random: () => number) => unknown;

/** How a field of this declaration is made up; undefined: conditions of this workload do not read such. */
function maker(type: string, declaration: string): Make | undefined {
  const below = (random: () => number, n: number) => Math.floor(random() * n);
  const values = /values: \[([^\]]+)\]/.exec(declaration)?.[1]?.split(/, */);
  if (values) return (random) => values[below(random, values.length)];
  switch (type) {
    case "relation": return (random) => ["yes", "no", "unknown"][below(random, 3)];
    case "count": return (random) => below(random, 14);
    case "bool": return (random) => random() < 0.5;
    case "money": return (random) => below(random, 100) === 0 ? 12000.5 : below(random, 2400) + 0.5;
    default: return undefined;
  }
}

/** The fields of a kind: one a line, `name: {nr: 1, type: count}`, or an enum with a value a line. */
function fields(kind: string): [string, Make][] {
  const files = kind === "inspection" ? [kind, "sighting"] : [kind];
  const text = files.map((file) => fs.readFileSync(path.join(ROOT, `rules/facts/${file}.yaml`), "utf8")).join("\n");
  const short = [...text.matchAll(/^  (\w+): +\{nr: \d+, type: (\w+)(.*)$/gm)];
  const long = [...text.matchAll(/^  (\w+):\n    nr: \d+\n    type: (enum)\n(?:    .*\n)*?    values:\n((?:      - .*\n)+)/gm)];
  return [...short, ...long].flatMap(([, name, type, rest]) => {
    const values = [...rest!.matchAll(/^      - ([\w-]+)/gm)].map((match) => match[1]);
    const make = maker(type!, values.length > 0 ? `values: [${values.join(", ")}]` : rest!);
    return make ? [[name!, make] as [string, Make]] : [];
  });
}

/** `count` dossiers as JSON lines. */
export function dossiers(count: number): string {
  const random = generator(20261126);
  const kinds = Object.entries(KINDS).map(([kind, k]) => ({ ...k, fields: fields(kind) }));
  const lines = Array.from({ length: count }, () =>
    JSON.stringify(Object.fromEntries(kinds.map((kind) => [
      kind.list,
      Array.from({ length: Math.floor(random() * (kind.most + 1)) }, () =>
        Object.fromEntries(kind.fields.map(([name, make]) => [name, make(random)]))),
    ]))));
  return lines.join("\n") + "\n";
}
