// One tenant check and its signed receipt, with nothing but Node 22: `node tenant-check.mts`, with
// PANDWACHT_URL and PANDWACHT_LANDLORD_TOKEN set (and NODE_EXTRA_CA_CERTS for the demo's own CA).
const { PANDWACHT_URL: url, PANDWACHT_LANDLORD_TOKEN: token } = process.env;

async function call(method: string, path: string, body?: object): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "accept-language": "en" };
  const answer = await fetch(`${url}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const told = await answer.json();
  if (answer.ok) return told;
  throw new Error(told.invalidParams?.map((p: any) => `${p.name}: ${p.reason}`).join("\n") ?? told.title);
}

const check = await call("POST", "/v1/tenant-checks", {
  sourceId: crypto.randomUUID(), premises: { bagId: "9901010000099100" }, stage: "selected", noticeGiven: true,
  items: { idOriginalSeen: "yes", samePersonChain: "yes", employerConfirmed: "unknown" },
});
for (const { id, result, nextStep } of check.findings) if (nextStep) console.log(id, result, nextStep);
console.log(JSON.stringify(await call("GET", `/v1/tenant-checks/${check.id}/receipt`)));
