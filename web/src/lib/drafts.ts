// Words that are not sent yet: kept while the page is open, over views and failed attempts, and never written down
// in the browser. Also the reasons given before, to choose from again.

import { useState } from "react";

const drafts = new Map<string, unknown>();

/** Like useState, under a name: whoever comes back finds what they had. */
export function useDraft<T>(name: string, empty: T): [T, (value: T) => void, () => void] {
  const [value, setValue] = useState<T>(() => (drafts.get(name) as T | undefined) ?? empty);
  return [
    value,
    (next) => {
      drafts.set(name, next);
      setValue(next);
    },
    () => {
      drafts.delete(name);
      setValue(empty);
    },
  ];
}

const KEPT = 5;
const said = new Map<string, string[]>();

export const saidBefore = (about: string) => said.get(about) ?? [];
export const keepSaid = (about: string, words: string) => void said.set(about, [words, ...saidBefore(about).filter((other) => other !== words)].slice(0, KEPT));

export function forgetAll() {
  drafts.clear();
  said.clear();
}
