// Writes the public CEL conformance suite (npm @bufbuild/cel-spec) as the JSON lines that
// `build/cel conformance` reads, without the cases that need protobuf messages or enums.
//
//   node --import tsx conformance/convert.ts > ../build/conformance.jsonl

import { tests as suite } from "@bufbuild/cel-spec/testdata/conformance.js";

type Dict = { [key: string]: any };

const protoFiles = new Set(["dynamic", "enums", "proto2", "proto2_ext", "proto3", "wrappers"]);
const protoWords =
  /TestAllTypes|NestedMessage|NestedEnum|GlobalEnum|google\.protobuf\.(\w*Value|Struct|Any|Empty|FieldMask)|google\.rpc|cel\.expr\.Constant|proto\.hasExt|proto\.getExt/;
const scalars: Record<string, string> = {
  BOOL: "bool", INT64: "int", UINT64: "uint", DOUBLE: "double", STRING: "string", BYTES: "bytes",
};
const wellKnown: Record<string, string> = { TIMESTAMP: "timestamp", DURATION: "duration", ANY: "dyn" };
const messages: Record<string, string> = {
  "google.protobuf.Timestamp": "timestamp", "google.protobuf.Duration": "duration",
};

function withParameters(name: string, parameters: Dict[] = []): string {
  return name + (parameters.length > 0 ? `(${parameters.map(typeText).join(", ")})` : "");
}

function typeText(type: Dict): string {
  const [kind, inner] = Object.entries(type)[0] ?? ["dyn", {}];
  switch (kind) {
    case "primitive": return scalars[inner] ?? "dyn";
    case "wellKnown": return wellKnown[inner] ?? "dyn";
    case "null": return "null_type";
    case "wrapper": return `wrapper(${scalars[inner]})`;
    case "listType": return `list(${typeText(inner.elemType ?? {})})`;
    case "mapType": return `map(${typeText(inner.keyType)}, ${typeText(inner.valueType)})`;
    case "type": return Object.keys(inner).length > 0 ? `type(${typeText(inner)})` : "type";
    case "abstractType": return withParameters(inner.name, inner.parameterTypes);
    case "messageType": return messages[inner] ?? inner;
    case "typeParam": return inner;
    default: return "dyn";
  }
}

function message(object: Dict): Dict {
  const name = messages[String(object["@type"]).replace("type.googleapis.com/", "")];
  if (name === undefined) throw new Error(`message ${object["@type"]}`);
  return { [name]: object.value };
}

function tagged(value: Dict): Dict {
  const [kind, inner] = Object.entries(value)[0] ?? ["nullValue", null];
  switch (kind) {
    case "int64Value": return { int: String(inner) };
    case "uint64Value": return { uint: String(inner) };
    case "doubleValue": return { double: inner };
    case "stringValue": return { string: inner };
    case "bytesValue": return { bytes: inner };
    case "boolValue": return { bool: inner };
    case "nullValue": return { null: null };
    case "typeValue": return { type: inner };
    case "listValue": return { list: (inner.values ?? []).map(tagged) };
    case "mapValue": return { map: (inner.entries ?? []).map((e: Dict) => [tagged(e.key), tagged(e.value)]) };
    case "objectValue": return message(inner);
    default: throw new Error(`value ${kind}`);
  }
}

function expectation(test: Dict): Dict {
  if (test.evalError) return { error: test.evalError.errors?.[0]?.message ?? "any" };
  const typed = test.typedResult;
  const type = typed?.deducedType ? { type: typeText(typed.deducedType) } : {};
  if (typed && !typed.result) return type;
  return { value: tagged(typed?.result ?? test.value ?? { boolValue: true }), ...type };
}

/** The abstract types that a declaration speaks of, bar the library's own. */
function abstracts(declared: Dict[]): Dict[] {
  const names = JSON.stringify(declared).matchAll(/"abstractType":\{"name":"([^"]+)"/g);
  return [...new Set([...names].map((match) => match[1]))].filter((name) => name !== "optional_type").map((abstract) => ({ abstract }));
}

/** Variables as {name, type}; functions as {function: signature}, one an overload; types as {abstract: name}. */
function environment(declared: Dict[]): Dict[] {
  const rest = declared.flatMap((d) =>
    d.ident
      ? [{ name: d.name, type: typeText(d.ident.type) }]
      : d.function.overloads.map((o: Dict) => ({
          function: `${d.name}(${(o.params ?? []).map(typeText).join(", ")}) -> ${typeText(o.resultType)}`,
        })),
  );
  return [...abstracts(declared), ...rest];
}

function bindings(bound: Record<string, Dict>): Dict {
  return Object.fromEntries(Object.entries(bound).map(([name, b]) => [name, tagged(b.value)]));
}

function line(file: string, section: string, test: Dict): Dict {
  return {
    file, section, name: test.name, expr: test.expr,
    ...(test.typeEnv ? { env: environment(test.typeEnv) } : {}),
    ...(test.bindings ? { bindings: bindings(test.bindings) } : {}),
    ...(test.container ? { container: test.container } : {}),
    ...(test.disableCheck ? { disable_check: true } : {}),
    expect: expectation(test),
  };
}

for (const file of suite.suites ?? [])
  for (const section of file.suites ?? [])
    for (const entry of section.tests ?? []) {
      const test = entry.original as unknown as Dict;
      if (protoFiles.has(file.name) || protoWords.test(JSON.stringify(test))) continue;
      process.stdout.write(JSON.stringify(line(file.name, section.name, test)) + "\n");
    }
