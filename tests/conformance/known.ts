// Where libcel and @bufbuild/cel are known to differ, with what the definition of the language says: in each of them it
// supports libcel. Each is recognised in the smallest expression that shows it.

import type { Known } from "./differential.ts";

export const known: Known[] = [
  {
    name: "text that is no number",
    sentence: "The conversion functions are partial: a text that is not of the target type's form has no value in it.",
    matches: (_, theirs, ours) => /^error: text is not an? (double|int|uint)$/.test(ours) && !theirs.error,
  },
  {
    name: "smallest int modulo -1",
    sentence: "Arithmetic operations raise an error when the results exceed the range: the quotient does, and % goes with it.",
    matches: (expr, theirs, ours) => ours === "error: integer overflow" && expr.includes(" % ") && !theirs.error,
  },
  {
    name: "smallest int negated twice",
    sentence: "Arithmetic operations raise an error when the results exceed the range: the inner - does; the other cancels both.",
    matches: (expr, theirs, ours) => ours === "error: integer overflow" && expr.startsWith("-(-(") && !theirs.error,
  },
  {
    name: "largest uint divided",
    sentence: "uint is an unsigned 64-bit integer: 2^64 - 1 divided by 1 is in its range; the other fails.",
    matches: (expr, theirs, ours) => expr.includes(" / ") && /^1844674407370955\d{4}u$/.test(ours) && theirs.error,
  },
  {
    name: "day in a zone",
    sentence:
      "getDate counts from one, getDayOfMonth, getDayOfWeek and getDayOfYear from zero, Sunday first: 1970-01-01, a Thursday, " +
      "is 1, 0, 4 and 0 in UTC, where the other says 2, 1, 5 and 1.",
    matches: (expr, theirs) => /\.get(Date|DayOfMonth|DayOfWeek|DayOfYear)\('[^']+'\)$/.test(expr) && !theirs.error,
  },
  {
    name: "position in text with a code point above U+FFFF",
    sentence: "A string is a sequence of Unicode code points: positions count these, where the other counts UTF-16 units.",
    matches: (expr) => /\.(split|charAt|substring|indexOf|lastIndexOf|matches)\(/.test(expr) && expr.includes("😀"),
  },
  {
    name: "negative zero as text",
    sentence: "Doubles are IEEE 754, whose zeros differ in sign; the other writes both alike.",
    matches: (expr, theirs, ours) => expr.startsWith("string(") && ours === '"-0"' && theirs.value?.string === "0",
  },
];
