// The keyboard: one listener, one table of what can be pressed here and now. The help sheet shows that same
// table, so it cannot promise what no key does.

import { useLayoutEffect, useRef, useSyncExternalStore } from "react";
import type { Text } from "../i18n/index.tsx";

export type Binding = { key: string; text: Text; run: () => void; hidden?: boolean };

let layers: Binding[][] = [];
const watchers = new Set<() => void>();
const changed = () => watchers.forEach((watch) => watch());

/** The bindings in force, the newest layer last. */
export const useBindings = () =>
  useSyncExternalStore(
    (watch) => (watchers.add(watch), () => void watchers.delete(watch)),
    () => layers,
  );

/** Binds keys as long as the component is shown: they listen before it can be seen. A later layer wins over an earlier one. */
export function useKeys(bindings: Binding[], active = true) {
  const now = useRef(bindings);
  now.current = bindings;
  const shape = bindings.map((b) => `${b.key}:${b.text}`).join();
  useLayoutEffect(() => {
    if (!active) return;
    const layer = now.current.map((b, i) => ({ ...b, run: () => now.current[i]?.run() }));
    layers = [...layers, layer];
    changed();
    return () => {
      layers = layers.filter((other) => other !== layer);
      changed();
    };
  }, [shape, active]);
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && (target as HTMLInputElement).type !== "checkbox";

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") !== null) return; // a dialog has the keyboard to itself
  const pressesControl = event.target instanceof HTMLElement && event.target.closest("a[href], button, summary, input") !== null;
  if (pressesControl && (event.key === "Enter" || event.key === " ")) return;
  for (const layer of layers.toReversed()) {
    const found = layer.find((binding) => binding.key === event.key);
    if (found === undefined) continue;
    event.preventDefault();
    found.run();
    return;
  }
});
