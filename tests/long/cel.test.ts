// A million random expressions by libcel and by another implementation of the language; how often they are known to
// differ, and why, is printed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { differential } from "../conformance/differential.ts";
import { known } from "../conformance/known.ts";

const CASES = Number(process.env["CEL_CASES"] ?? 1_000_000);

test(`${CASES} random expressions give what the other implementation gives, or are explained`, (t) => {
  const { explained, unexplained } = differential(CASES, 1, known);
  for (const { name, sentence } of known) t.diagnostic(`${explained[name] ?? 0} x ${name}: ${sentence}`);
  assert.deepEqual(unexplained.slice(0, 20), []);
});
