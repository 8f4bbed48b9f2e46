// Many tenant checks from a file of comma-separated values: `node tenant-checks-csv.mts checks.csv`.
// The first line names the columns: sourceId, bagId, stage, noticeGiven (yes: the applicant was told), lettingType,
// purpose, and any item of the check (/v1/openapi.json has them all). An empty field is an item that was not looked
// at. For each line it prints what is open or does not fit, or why it was refused. Send the file again as often as
// you like: a check that is there already is not made twice.
import { readFileSync } from "node:fs";

const { PANDWACHT_URL: url, PANDWACHT_LANDLORD_TOKEN: token } = process.env;
const OWN = ["sourceId", "bagId", "stage", "noticeGiven", "lettingType", "purpose"];
const NUMBERS = ["depositMonths", "rentEur"];

/** RFC 4180: fields in quotes may hold commas, line ends and doubled quotes. */
function rows(text: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    lines.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end !== ",") lines.push([]);
  }
  return lines.filter((fields) => fields.some((field) => field !== ""));
}

function valueOf(name: string, text: string): unknown {
  if (NUMBERS.includes(name)) return Number(text);
  return name === "clauses" ? text.split(" ") : text;
}

function bodyOf(names: string[], fields: string[]): object {
  const given = names.map((name, i) => [name, fields[i] ?? ""] as const).filter(([, text]) => text !== "");
  const { bagId, noticeGiven, ...own } = Object.fromEntries(given.filter(([name]) => OWN.includes(name)));
  const items = Object.fromEntries(given.filter(([name]) => !OWN.includes(name)).map(([name, text]) => [name, valueOf(name, text)]));
  return { ...own, premises: { bagId }, noticeGiven: noticeGiven === "yes", items };
}

/** Posts a check; waits as long as the budget says when it is used up. */
async function post(body: object): Promise<Response> {
  for (;;) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${url}/v1/tenant-checks`, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.status !== 429) return answer;
    await new Promise((done) => setTimeout(done, 1000 * Number(answer.headers.get("retry-after") ?? 1)));
  }
}

const [names = [], ...checks] = rows(readFileSync(process.argv[2]!, "utf8"));
for (const [i, fields] of checks.entries()) {
  const answer = await post(bodyOf(names, fields));
  const told: any = await answer.json();
  const left = answer.ok
    ? told.findings.filter((f: any) => f.nextStep !== null).map((f: any) => `${f.id} ${f.result}`)
    : (told.invalidParams ?? [told]).map((p: any) => `${p.name ?? ""} ${p.reason ?? p.title}`.trim());
  console.log(`${i + 2}: ${answer.ok ? told.id : answer.status} ${left.join("; ")}`);
  if (!answer.ok) process.exitCode = 1;
}
