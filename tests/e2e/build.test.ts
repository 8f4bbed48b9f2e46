// What the build promises without a browser: small enough for a slow line, and every text in both languages.

import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { en } from "../../web/src/i18n/en.ts";
import { nl } from "../../web/src/i18n/nl.ts";
import { root } from "../integration/harness/house.ts";

const assets = join(root, "build/web/assets");

const size = (ending: string) =>
  readdirSync(assets)
    .filter((name) => name.endsWith(ending))
    .reduce((sum, name) => sum + statSync(join(assets, name)).size, 0);

test("all scripts together are at most 180 kB, all styles 30 kB, compressed", () => {
  assert.ok(size(".js.gz") > 0 && size(".css.gz") > 0, "the console is built");
  assert.ok(size(".js.gz") <= 180_000, `${size(".js.gz")} bytes of scripts`);
  assert.ok(size(".css.gz") <= 30_000, `${size(".css.gz")} bytes of styles`);
});

const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("Dutch and English say the same things, with the same blanks to fill in", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(nl).sort());
  for (const [key, dutch] of Object.entries(nl)) {
    const english = en[key as keyof typeof nl];
    assert.ok(dutch.trim() !== "" && english.trim() !== "", `${key} is empty`);
    assert.deepEqual(blanks(english), blanks(dutch), key);
    if (dutch.split(" ").length > 3) assert.notEqual(english, dutch, `${key} is not translated`);
  }
});
