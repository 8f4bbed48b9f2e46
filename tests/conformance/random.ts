// Random well-typed CEL expressions, with values for the variables they use. All of it follows from a seed.
// Left out is what the definition says too little of to compare: texts of fractions of a second (so times are whole
// seconds), the type of an empty list's or map's elements, the order of a map's keys, what replaces an empty text.

export type Value = bigint | number | string | boolean | Uint | Value[] | Map<string, Value>;

/** An unsigned integer; a plain bigint is a signed one. */
export class Uint {
  constructor(readonly value: bigint) {}
}

export interface Case {
  seed: number;
  expr: string;
  parts: string[]; // the expressions in it that stand by themselves, itself included; but for times and spans of time
  bindings: Record<string, Value>;
}

/** Variables that every expression may use, with their CEL types. */
export const variables: Record<string, string> = {
  i: "int", j: "int", u: "uint", d: "double", s: "string", t: "string", b: "bool",
  li: "list(int)", ls: "list(string)", m: "map(string, int)",
};

type Type = "int" | "uint" | "double" | "string" | "bytes" | "bool" | "time" | "span" | "ints" | "strings" | "map";
const ANY: Type[] = ["int", "uint", "double", "string", "bytes", "bool", "time", "span", "ints", "strings", "map"];
const ORDERED: Type[] = ["int", "uint", "double", "string", "bytes", "bool", "time", "span"];
const INTS = ["0", "1", "-1", "2", "7", "63", "9223372036854775807", "-9223372036854775808", "1000000007"];
const UINTS = ["0u", "1u", "3u", "0xFFu", "18446744073709551615u"];
const DOUBLES = ["0.0", "1.5", "-2.25", "1e3", "0.1", "1e308", "double('NaN')", "double('Infinity')", "-0.0"];
const STRINGS = ["''", "'a'", "'abc'", "'Abc d'", "'é€'", "'a,b,,c'", "'12'", "'-7'", "'1.5'", "'true'", "'😀x'", "r'\\d'"];
const NEEDLES = ["'a'", "'b'", "','", "'é'", "'1'", "' '", "'abc'"];
const BYTES = ["b''", "b'abc'", "b'\\xff\\x00'", "b'é'"];
const TIMES = [
  "timestamp('2026-09-11T14:13:20Z')", "timestamp('1969-12-31T23:59:59Z')", "timestamp('2000-02-29T12:00:00+02:00')",
  "timestamp('9999-12-31T23:59:59Z')", "timestamp(0)",
];
const SPANS = ["duration('1h30m')", "duration('-61s')", "duration('0s')", "duration('240h')", "duration('3s')"];
const ZONES = ["'UTC'", "'Europe/Amsterdam'", "'America/New_York'", "'+05:30'", "'-02:00'"];
const GETTERS = [
  "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds",
  "getMilliseconds",
];

export class Random {
  private a: number;
  private scope: [string, Type][] = [];
  private parts: string[] = [];

  constructor(seed: number) {
    this.a = seed | 0;
  }

  /** Mulberry32. */
  private next(): number {
    this.a = (this.a + 0x6d2b79f5) | 0;
    let t = Math.imul(this.a ^ (this.a >>> 15), 1 | this.a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  private below(n: number): number {
    return Math.floor(this.next() * n);
  }
  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
  private chance(p: number): boolean {
    return this.next() < p;
  }

  case(seed: number): Case {
    const type = this.pick<Type>(["int", "uint", "double", "string", "bytes", "bool", "bool", "bool", "ints", "strings", "map"]);
    const expr = this.of(type, 1 + this.below(4));
    return { seed, expr, parts: this.parts, bindings: this.values() };
  }

  private values(): Record<string, Value> {
    const int = () => this.pick([0n, 1n, -1n, 5n, 100n, 9223372036854775807n, -9223372036854775808n]);
    const text = () => this.pick(["", "a", "abc", "b,c", "Zürich", "12", "x y  z", "aaa"]);
    const some = <T>(make: () => T) => Array.from({ length: this.below(4) }, make);
    return {
      i: int(), j: int(), u: new Uint(this.pick([0n, 1n, 18446744073709551615n])), d: this.pick([0, 0.5, -3.75, 1e18, -1e300]),
      s: text(), t: text(), b: this.chance(0.5), li: some(int), ls: some(text),
      m: new Map(some(() => [text(), int()] as [string, Value])),
    };
  }

  /** An expression of that type; `depth` levels at most. */
  private of(type: Type, depth: number): string {
    const text = this.made(type, depth);
    if (type !== "time" && type !== "span" && !this.scope.some(([variable]) => text.includes(variable))) this.parts.push(text);
    return text;
  }
  private made(type: Type, depth: number): string {
    const local = this.scope.filter(([, t]) => t === type);
    if (local.length > 0 && this.chance(0.4)) return this.pick(local)[0];
    if (depth <= 0 || this.chance(0.2)) return this.leaf(type);
    if (this.chance(0.08)) return `(${this.of("bool", depth - 1)} ? ${this.of(type, depth - 1)} : ${this.of(type, depth - 1)})`;
    return this[type](depth - 1);
  }

  private leaf(type: Type): string {
    const own: Record<Type, string[]> = {
      int: ["i", "j"], uint: ["u"], double: ["d"], string: ["s", "t"], bool: ["b"], ints: ["li"], strings: ["ls"], map: ["m"],
      bytes: BYTES, time: TIMES, span: SPANS,
    };
    const literals: Record<Type, string[]> = {
      int: INTS, uint: UINTS, double: DOUBLES, string: STRINGS, bytes: BYTES, bool: ["true", "false"], time: TIMES, span: SPANS,
      ints: ["[5]", "[1, 2, 3]", "[3, 1]"], strings: ["['']", "['a', 'bc']"], map: ["{'': 7}", "{'a': 1, 'abc': 2}"],
    };
    return this.pick(this.chance(0.5) ? own[type] : literals[type]);
  }

  private binary(type: Type, operators: string[], depth: number): string {
    return `(${this.of(type, depth)} ${this.pick(operators)} ${this.of(type, depth)})`;
  }

  private int(depth: number): string {
    switch (this.below(12)) {
      case 0: return `size(${this.of(this.pick<Type>(["string", "bytes", "ints", "strings", "map"]), depth)})`;
      case 1: return `int(${this.of(this.pick<Type>(["int", "uint", "double", "string", "time"]), depth)})`;
      case 2: return `-(${this.of("int", depth)})`;
      case 3: return `${this.of("ints", depth)}[${this.pick(["0", "1", "2", "-1", this.of("int", depth)])}]`;
      case 4: return `${this.of("map", depth)}[${this.of("string", depth)}]`;
      case 5: return `${this.of("time", depth)}.${this.pick(GETTERS)}(${this.chance(0.5) ? this.pick(ZONES) : ""})`;
      case 6: return `${this.of("span", depth)}.${this.pick(["getHours", "getMinutes", "getSeconds"])}()`;
      case 7: return `${this.of("string", depth)}.${this.pick(["indexOf", "lastIndexOf"])}(${this.of("string", depth)})`;
      default: return this.binary("int", ["+", "-", "*", "/", "%"], depth);
    }
  }
  private uint(depth: number): string {
    if (this.chance(0.3)) return `uint(${this.of(this.pick<Type>(["int", "uint", "double", "string"]), depth)})`;
    return this.binary("uint", ["+", "-", "*", "/", "%"], depth);
  }
  private double(depth: number): string {
    if (this.chance(0.3)) return `double(${this.of(this.pick<Type>(["int", "uint", "double", "string"]), depth)})`;
    if (this.chance(0.2)) return `-(${this.of("double", depth)})`;
    return this.binary("double", ["+", "-", "*", "/"], depth);
  }
  private string(depth: number): string {
    const s = () => this.of("string", depth);
    switch (this.below(10)) {
      case 0: return `string(${this.of(this.pick<Type>(["int", "uint", "double", "string", "bytes", "time", "span", "bool"]), depth)})`;
      case 1: return `${s()}.${this.pick(["lowerAscii", "upperAscii", "trim"])}()`;
      case 2: return `${s()}.replace(${this.pick(NEEDLES)}, ${s()})`;
      case 3: return `${s()}.substring(${this.of("int", 0)})`;
      case 4: return `${s()}.charAt(${this.of("int", 0)})`;
      case 5: return `${this.of("strings", depth)}.join(${s()})`;
      case 6: return `${this.of("strings", depth)}[${this.pick(["0", "1"])}]`;
      default: return `(${s()} + ${s()})`;
    }
  }
  private bytes(depth: number): string {
    return this.chance(0.5) ? `bytes(${this.of("string", depth)})` : this.binary("bytes", ["+"], depth);
  }
  private time(depth: number): string {
    return `(${this.of("time", depth)} ${this.pick(["+", "-"])} ${this.of("span", depth)})`;
  }
  private span(depth: number): string {
    return this.chance(0.5) ? this.binary("time", ["-"], depth) : this.binary("span", ["+", "-"], depth);
  }
  private ints(depth: number): string {
    switch (this.below(4)) {
      case 0: return `[${Array.from({ length: 1 + this.below(3) }, () => this.of("int", depth)).join(", ")}]`;
      case 1: return this.macro("ints", "filter", "bool", depth);
      case 2: return this.macro(this.pick<Type>(["ints", "strings"]), "map", "int", depth);
      default: return this.binary("ints", ["+"], depth);
    }
  }
  private strings(depth: number): string {
    switch (this.below(4)) {
      case 0: return `[${Array.from({ length: 1 + this.below(3) }, () => this.of("string", depth)).join(", ")}]`;
      case 1: return this.macro("strings", "filter", "bool", depth);
      case 2: return `${this.of("string", depth)}.split(${this.of("string", depth)})`;
      default: return this.macro(this.pick<Type>(["ints", "strings"]), "map", "string", depth);
    }
  }
  private map(depth: number): string {
    const entries = Array.from({ length: 1 + this.below(2) }, () => `${this.of("string", depth)}: ${this.of("int", depth)}`);
    return `{${entries.join(", ")}}`;
  }

  /** range.name(v, body); the variable is in scope of the body alone. */
  private macro(range: Type, name: string, body: Type, depth: number): string {
    const over = this.of(range, depth);
    const variable = `v${this.scope.length}`;
    this.scope.push([variable, range === "ints" ? "int" : "string"]);
    const text = `${over}.${name}(${variable}, ${this.of(body, depth)})`;
    this.scope.pop();
    return text;
  }

  private bool(depth: number): string {
    const type = this.pick(ORDERED);
    switch (this.below(12)) {
      case 0: case 1: case 2: return this.binary("bool", ["&&", "||"], depth);
      case 3: return `!(${this.of("bool", depth)})`;
      case 4: return this.macro(this.pick<Type>(["ints", "strings", "map"]), this.pick(["all", "exists", "exists_one"]), "bool", depth);
      case 5: return `(${this.of("int", depth)} in ${this.of("ints", depth)})`;
      case 6: return `(${this.of("string", depth)} in ${this.of(this.pick<Type>(["strings", "map"]), depth)})`;
      case 7: return `${this.of("string", depth)}.${this.pick(["contains", "startsWith", "endsWith"])}(${this.of("string", depth)})`;
      case 8: return `${this.of("string", depth)}.matches('${this.pattern(2)}')`;
      case 9: {
        const same = this.pick(ANY);
        return `(${this.of(same, depth)} ${this.pick(["==", "!="])} ${this.of(same, depth)})`;
      }
      case 10: return `has(${this.of("map", depth)}.${this.pick(["a", "abc", "x"])})`;
      default: return `(${this.of(type, depth)} ${this.pick(["<", "<=", ">", ">="])} ${this.of(type, depth)})`;
    }
  }

  /** A pattern of RE2, without quotes in it. */
  private pattern(depth: number): string {
    if (depth === 0) return this.pick(["a", "b", "c", ".", "[a-c]", "[^a]", "\\\\d", "\\\\w", "\\\\s", "é", "^", "$", "\\\\b", "(?i:A)", "\\\\B", "x"]);
    switch (this.below(5)) {
      case 0: return `${this.pattern(depth - 1)}|${this.pattern(depth - 1)}`;
      case 1: return `(${this.pattern(depth - 1)})${this.pick(["*", "+", "?", "{2}", "{1,3}", "{0,1}", "*?", ""])}`;
      case 2: return this.pattern(depth - 1);
      default: return this.pattern(depth - 1) + this.pattern(depth - 1);
    }
  }
}
