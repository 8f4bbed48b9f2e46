// The explanation as a sum that can be followed with a finger: themes in order of weight, in each its rules and its
// cap, then what holds for all; every line knows where it begins and ends on the way from nothing to the score.

import type { Line } from "../../api/alerts.ts";

export type Step = { line: Line; from: number; to: number };
export type Part = { id: string; kind: "theme" | "overall"; steps: Step[]; points: number };
export type Sum = { parts: Part[]; total: number; low: number; high: number };

const thousandths = (points: number) => Math.round(points * 1000);

export function sum(lines: readonly Line[]): Sum {
  const byTheme = new Map<string, Line[]>();
  const overall: Line[] = [];
  for (const line of lines) {
    const theme = line.kind === "rule" ? line.theme : line.kind === "cap" && line.scope === "theme" ? line.id : undefined;
    if (theme === undefined) overall.push(line);
    else byTheme.set(theme, [...(byTheme.get(theme) ?? []), line]);
  }
  const weight = (all: Line[]) => all.reduce((total, line) => total + thousandths(line.points), 0);
  const ordered = [...byTheme].map(([id, all]) => ({ id, kind: "theme" as const, lines: all.toSorted((a, b) => rank(a) - rank(b) || b.points - a.points), points: weight(all) })).toSorted((a, b) => b.points - a.points);
  if (overall.length > 0) ordered.push({ id: "overall", kind: "overall" as never, lines: overall, points: weight(overall) });

  let at = 0;
  let low = 0;
  let high = 0;
  const parts = ordered.map((part): Part => ({
    id: part.id,
    kind: part.kind,
    points: part.points / 1000,
    steps: part.lines.map((line) => {
      const from = at;
      at += thousandths(line.points);
      low = Math.min(low, at);
      high = Math.max(high, at);
      return { line, from: from / 1000, to: at / 1000 };
    }),
  }));
  return { parts, total: at / 1000, low: low / 1000, high: high / 1000 };
}

/** Rules before the cap that cuts them off. */
const rank = (line: Line) => (line.kind === "rule" ? 0 : 1);
