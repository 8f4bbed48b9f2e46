// Light or dark: what the person chose here, else what the machine says.

import { useSyncExternalStore } from "react";
import { recall, remember } from "./memory.ts";

export type Theme = "light" | "dark";
const machine = matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set<() => void>();

const chosen = () => {
  const kept = recall("theme");
  return kept === "light" || kept === "dark" ? kept : undefined;
};
const theme = (): Theme => chosen() ?? (machine.matches ? "dark" : "light");

function apply() {
  document.documentElement.dataset["theme"] = theme();
  watchers.forEach((watch) => watch());
}

export function startTheme() {
  machine.addEventListener("change", apply);
  apply();
}

export function setTheme(next: Theme) {
  remember("theme", next);
  apply();
}

export const useTheme = () => useSyncExternalStore((watch) => (watchers.add(watch), () => void watchers.delete(watch)), theme);
