// Two languages, both complete: `en` has the keys of `nl`, or the build fails.

import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { recall, remember } from "../lib/memory.ts";
import { en } from "./en.ts";
import { fieldsNl, spaced, valuesNl } from "./facts.ts";
import { nl } from "./nl.ts";

export type Lang = "nl" | "en";
export type Text = keyof typeof nl;
type Values = Record<string, string | number>;

const texts: Record<Lang, Record<Text, string>> = { nl, en };

/** The text, its {names} filled in. */
export function say(lang: Lang, text: Text, values?: Values): string {
  const found = texts[lang][text];
  return values === undefined ? found : found.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text of a word of the API (a status, a level), or the word itself where none is known. */
export function word(lang: Lang, kind: string, value: string): string {
  const found = texts[lang][`${kind}.${value}` as Text];
  if (found !== undefined) return found;
  const declared = lang === "en" ? undefined : kind === "field" ? fieldsNl[value] : valuesNl[value];
  return declared ?? (/^[a-z][A-Za-z-]*$/.test(value) ? spaced(value) : value);
}

export type Language = {
  lang: Lang;
  setLang: (lang: Lang) => void;
  t: (text: Text, values?: Values) => string;
  w: (kind: string, value: string) => string;
};

const context = createContext<Language | undefined>(undefined);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [lang, setLang] = useState<Lang>(() => (recall("lang") === "en" ? "en" : "nl"));
  useEffect(() => {
    document.documentElement.lang = lang;
    remember("lang", lang);
  }, [lang]);
  const value = useMemo<Language>(
    () => ({ lang, setLang, t: (text, values) => say(lang, text, values), w: (kind, value) => word(lang, kind, value) }),
    [lang],
  );
  return <context.Provider value={value}>{children}</context.Provider>;
}

export function useLanguage(): Language {
  return useContext(context)!;
}
