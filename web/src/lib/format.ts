// Dates, spans and numbers as people read them, in the language of the page; all of them of one width a digit.

import type { Lang } from "../i18n/index.tsx";

const DAY = 86_400_000;
const locale = (lang: Lang) => (lang === "nl" ? "nl-NL" : "en-GB");
const memo = <T>(make: (lang: Lang) => T) => {
  const made = new Map<Lang, T>();
  return (lang: Lang) => made.get(lang) ?? (made.set(lang, make(lang)), made.get(lang)!);
};

const zone = { timeZone: "Europe/Amsterdam" } as const;
const dayFormat = memo((lang) => new Intl.DateTimeFormat(locale(lang), { ...zone, day: "numeric", month: "short", year: "numeric" }));
const momentFormat = memo((lang) => new Intl.DateTimeFormat(locale(lang), { ...zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }));
const spanFormat = memo((lang) => new Intl.RelativeTimeFormat(locale(lang), { numeric: "auto", style: "short" }));
const pointsFormat = memo((lang) => new Intl.NumberFormat(locale(lang), { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
const exactFormat = memo((lang) => new Intl.NumberFormat(locale(lang), { minimumFractionDigits: 3, maximumFractionDigits: 3 }));
const countFormat = memo((lang) => new Intl.NumberFormat(locale(lang)));

export const day = (value: string, lang: Lang) => dayFormat(lang).format(new Date(value.length === 10 ? `${value}T12:00:00Z` : value));
export const moment = (value: string, lang: Lang) => momentFormat(lang).format(new Date(value));
export const points = (value: number, lang: Lang) => pointsFormat(lang).format(value);
export const exact = (value: number, lang: Lang) => exactFormat(lang).format(value);
export const count = (value: number, lang: Lang) => countFormat(lang).format(value);

/** "3 uur geleden", "over 2 dagen". */
export function span(value: string, lang: Lang, now = Date.now()): string {
  const ms = new Date(value.length === 10 ? `${value}T12:00:00Z` : value).getTime() - now;
  const format = spanFormat(lang);
  if (Math.abs(ms) < 3_600_000) return format.format(Math.round(ms / 60_000), "minute");
  if (Math.abs(ms) < DAY) return format.format(Math.round(ms / 3_600_000), "hour");
  return format.format(Math.round(ms / DAY), "day");
}

export const isPast = (value: string) => new Date(value).getTime() < Date.now();

/** The civil day in the Netherlands, `offset` days from today, as the API writes it. */
export const today = (offset = 0) => new Intl.DateTimeFormat("sv-SE", zone).format(Date.now() + offset * DAY);
