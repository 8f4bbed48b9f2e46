// Writes the public CEL conformance suite (npm @bufbuild/cel-spec) as the JSON lines that
// `build/cel conformance` reads, without the cases that need protobuf messages or enums.
//
//   node --import tsx conformance/convert.ts > /tmp/cel.jsonl
import { tests as suite } from '@bufbuild/cel-spec/testdata/conformance.js';
import { pathToFileURL } from 'node:url';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Dict = { [key: string]: Json };

const protoFiles = new Set(['dynamic', 'enums', 'proto2', 'proto2_ext', 'proto3', 'wrappers']);
const protoWords = /TestAllTypes|NestedMessage|NestedEnum|GlobalEnum|google\.protobuf\.(\w*Value|Struct|Any|Empty|FieldMask)|google\.rpc|cel\.expr\.Constant|proto\.hasExt|proto\.getExt/;
const scalars: Record<string, string> = {
    BOOL: 'bool', INT64: 'int', UINT64: 'uint', DOUBLE: 'double', STRING: 'string', BYTES: 'bytes',
};
const wellKnown: Record<string, string> = { TIMESTAMP: 'timestamp', DURATION: 'duration', ANY: 'dyn' };

function typeText(type: Dict): string {
    if ('primitive' in type) return scalars[type.primitive as string] ?? 'dyn';
    if ('wellKnown' in type) return wellKnown[type.wellKnown as string] ?? 'dyn';
    if ('null' in type) return 'null_type';
    if ('wrapper' in type) return `wrapper(${scalars[type.wrapper as string]})`;
    if ('listType' in type) return `list(${typeText(((type.listType as Dict).elemType ?? { dyn: {} }) as Dict)})`;
    if ('mapType' in type) {
        const map = type.mapType as Dict;
        return `map(${typeText(map.keyType as Dict)}, ${typeText(map.valueType as Dict)})`;
    }
    if ('type' in type) {
        const inner = type.type as Dict;
        return Object.keys(inner).length > 0 ? `type(${typeText(inner)})` : 'type';
    }
    if ('abstractType' in type) {
        const abstract = type.abstractType as Dict;
        const parameters = ((abstract.parameterTypes ?? []) as Dict[]).map(typeText);
        return abstract.name + (parameters.length > 0 ? `(${parameters.join(', ')})` : '');
    }
    if ('messageType' in type) {
        const name = type.messageType as string;
        if (name === 'google.protobuf.Timestamp') return 'timestamp';
        return name === 'google.protobuf.Duration' ? 'duration' : name;
    }
    return 'dyn';
}

function message(object: Dict): Json {
    if (object['@type'] === 'type.googleapis.com/google.protobuf.Timestamp') return { timestamp: object.value };
    if (object['@type'] === 'type.googleapis.com/google.protobuf.Duration') return { duration: object.value };
    throw new Error(`message ${String(object['@type'])}`);
}

function tagged(value: Dict): Json {
    const [key, inner] = Object.entries(value)[0] ?? ['nullValue', null];
    switch (key) {
        case 'int64Value': return { int: String(inner) };
        case 'uint64Value': return { uint: String(inner) };
        case 'doubleValue': return { double: inner };
        case 'stringValue': return { string: inner };
        case 'bytesValue': return { bytes: inner };
        case 'boolValue': return { bool: inner };
        case 'nullValue': return { null: null };
        case 'typeValue': return { type: inner };
        case 'listValue': return { list: (((inner as Dict).values ?? []) as Dict[]).map(tagged) };
        case 'mapValue':
            return { map: (((inner as Dict).entries ?? []) as Dict[]).map((e) => [tagged(e.key as Dict), tagged(e.value as Dict)]) };
        case 'objectValue': return message(inner as Dict);
        default: throw new Error(`value ${key}`);
    }
}

function expectation(test: Dict): Json {
    if ('evalError' in test) {
        const errors = (test.evalError as Dict).errors as Dict[] | undefined;
        return { error: String(errors?.[0]?.message ?? 'any') };
    }
    const typed = test.typedResult as Dict | undefined;
    const type = typed?.deducedType ? { type: typeText(typed.deducedType as Dict) } : {};
    if (typed && !('result' in typed)) return type;
    const value = (typed?.result ?? test.value ?? { boolValue: true }) as Dict;
    return { value: tagged(value), ...type };
}

function environment(test: Dict): Json[] {
    const declared = (test.typeEnv ?? []) as Dict[];
    return declared
        .filter((d) => 'ident' in d)
        .map((d) => ({ name: d.name as string, type: typeText((d.ident as Dict).type as Dict) }));
}

function bindings(test: Dict): Dict {
    const bound = (test.bindings ?? {}) as Record<string, Dict>;
    return Object.fromEntries(Object.entries(bound).map(([name, b]) => [name, tagged(b.value as Dict)]));
}

function line(file: string, section: string, test: Dict): Dict {
    return {
        file, section, name: test.name as string, expr: test.expr as string,
        ...(test.typeEnv ? { env: environment(test) } : {}),
        ...(test.bindings ? { bindings: bindings(test) } : {}),
        ...(test.container ? { container: test.container as string } : {}),
        ...(test.disableCheck ? { disable_check: true } : {}),
        expect: expectation(test),
    };
}

/** Every case without protobuf, as objects of the line format. */
export function lines(): Dict[] {
    const out: Dict[] = [];
    for (const file of suite.suites ?? [])
        for (const section of file.suites ?? [])
            for (const entry of section.tests ?? []) {
                const test = entry.original as unknown as Dict;
                if (protoFiles.has(file.name) || protoWords.test(JSON.stringify(test))) continue;
                out.push(line(file.name, section.name, test));
            }
    return out;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
    for (const one of lines()) process.stdout.write(JSON.stringify(one) + '\n');
