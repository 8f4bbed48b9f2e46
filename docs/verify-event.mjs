// Verifies one request of pandwacht with nothing but Node: 60 lines to read, or to rewrite in a language of yours.
//   node verify-event.mjs REQUEST KEYS [TIME]
// REQUEST is the request as it came in: request line, header lines, empty line, body. KEYS is the answer of
// GET /v1/signing-keys, TIME when it came in (seconds; now). Ends with status 0 when it is ours, whole and unchanged.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

/** Request line, headers (names in lower case) and body of a raw request. */
export function parse(raw) {
  const [, head, gap] = /^([^]*?)(\r?\n\r?\n)/.exec(raw.toString("latin1"));
  const [line, ...fields] = head.split(/\r?\n/);
  const [method, path] = line.split(" ");
  const headers = Object.fromEntries(fields.map((f) => [f.slice(0, f.indexOf(":")).toLowerCase(), f.slice(f.indexOf(":") + 1).trim()]));
  return { method, path, headers, body: raw.subarray(head.length + gap.length) };
}

/** RFC 9530: the digest fits the body. */
function checkDigest({ headers, body }) {
  const sent = /(?:^|,\s*)sha-256=:([^:]+):/.exec(headers["content-digest"] ?? "")?.[1];
  const is = createHash("sha256").update(body).digest("base64");
  if (sent !== is) throw new Error("the body is not what was sent");
}

/** RFC 9421 section 2.5: what was signed, line by line. */
function signatureBase({ method, path, headers }, components, params) {
  const derived = { "@method": method, "@target-uri": `https://${headers.host}${path}` };
  const lines = components.map((name) => {
    const value = derived[name] ?? headers[name];
    if (value === undefined) throw new Error(`${name} is missing`);
    return `"${name}": ${value}`;
  });
  return [...lines, `"@signature-params": ${params}`].join("\n");
}

/** Throws when the request is not ours, was changed, or was signed more than five minutes from `now` (seconds). */
export function verifyRequest(request, keys, now = Date.now() / 1000) {
  checkDigest(request);
  const params = /^pandwacht=(.*)$/.exec(request.headers["signature-input"] ?? "")?.[1];
  const value = /^pandwacht=:(.*):$/.exec(request.headers.signature ?? "")?.[1];
  if (params === undefined || value === undefined) throw new Error("there is no signature");
  const components = /^\(([^)]*)\)/.exec(params)[1].split(" ").map((name) => name.slice(1, -1));
  for (const needed of ["@method", "@target-uri", "content-type", "content-digest"])
    if (!components.includes(needed)) throw new Error(`${needed} is not signed`);
  const created = Number(/;created=(\d+)/.exec(params)?.[1]);
  if (!(Math.abs(now - created) <= 300)) throw new Error("it was signed too long ago, or in the future");
  const jwk = keys.items.find((key) => key.keyId === /;keyid="([^"]+)"/.exec(params)?.[1]);
  if (jwk === undefined) throw new Error("the key is not known: fetch /v1/signing-keys again");
  const { kty, crv, x } = jwk;
  const base = Buffer.from(signatureBase(request, components, params));
  if (!verify(null, base, createPublicKey({ format: "jwk", key: { kty, crv, x } }), Buffer.from(value, "base64")))
    throw new Error("the signature does not fit");
  return { keyId: jwk.keyId, created };
}

if (process.argv[1] === import.meta.filename) {
  const [request, keys, at] = process.argv.slice(2);
  const { keyId, created } = verifyRequest(parse(readFileSync(request)), JSON.parse(readFileSync(keys, "utf8")), at && Number(at));
  console.log(`signed by ${keyId} at ${new Date(created * 1000).toISOString()}`);
}
