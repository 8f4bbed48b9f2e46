// libcel and another implementation of the language agree over random expressions. A million: `make test-long T=cel`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { differential } from "../conformance/differential.ts";
import { known } from "../conformance/known.ts";

test("3,000 random expressions give what the other implementation gives, or are explained", () => {
  const { cases, unexplained } = differential(3000, 1, known);
  assert.equal(cases, 3000);
  assert.deepEqual(unexplained, []);
});
