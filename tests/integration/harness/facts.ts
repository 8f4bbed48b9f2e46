// Facts as sources send them, and the premises they are about. Each test file takes its own BAG ids.

import assert from "node:assert/strict";
import type { Answer, Caller } from "./api.ts";
import { until, type House } from "./house.ts";

/** The civil day in the Netherlands, `offset` days from today. */
export function day(offset: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Amsterdam" }).format(Date.now() + offset * 86_400_000);
}

let serial = 0;
/** A source id that no other test uses. */
export const nextId = (prefix = "x") => `${prefix}-${process.pid}-${++serial}`;

let bag = 0;
/** A BAG id that no other test of this file uses. */
export const nextBag = () => `990101${String(7_000_000_000 + ++bag)}`;

export const at = (bagId: string) => ({ premises: { bagId } });

export type Fact = Record<string, unknown>;

export const registration = (bagId: string, fields: Fact = {}): Fact => ({
  sourceId: nextId("r"), ...at(bagId), occurredOn: day(-25), ground: "legitimate-interest", event: "started", lettingType: "business",
  startOn: day(-24), rentEur: 950, tenant: { scheme: "source-local", value: nextId("tenant") }, tenantKind: "person", ...fields,
});

export const payment = (bagId: string, tenancy: string, fields: Fact = {}): Fact => ({
  sourceId: nextId("p"), ...at(bagId), tenancy, occurredOn: day(-23), ground: "legitimate-interest", method: "cash", purpose: "rent",
  amountEur: 11400, term: day(-23).slice(0, 7), payerIsTenant: "yes", monthsCovered: 12, advanceOfferedBy: "tenant", ...fields,
});

export const tip = (bagId: string, fields: Fact = {}): Fact => ({
  sourceId: nextId("t"), ...at(bagId), occurredOn: day(-2), ground: "public-task", channel: "municipality", category: "chemical-containers",
  count: 8, itemKinds: ["drums"], ...fields,
});

export const origin = (last: number) => ({ scheme: "phone", value: `06123456${String(last).padStart(2, "0")}` });

export const inspection = (bagId: string, fields: Fact = {}): Fact => ({
  sourceId: nextId("v"), ...at(bagId), occurredOn: day(-1), ground: "public-task", authority: "municipality", visitKind: "outreach",
  category: "chemical-containers", count: 6, ...fields,
});

/** Posts and expects 201; gives the answer's body. */
export async function created(house: House, collection: string, fact: Fact, caller?: Caller): Promise<any> {
  const answer = await house.api.post(`/v1/${collection}`, fact, caller ?? house.api.source);
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

/** The main job's facts about one premises: together they reach level alert. */
export async function suspicious(house: House, bagId = nextBag()) {
  const lease = registration(bagId);
  const facts = {
    registration: await created(house, "registrations", lease),
    payment: await created(house, "payments", payment(bagId, lease.sourceId as string)),
    tip1: await created(house, "tips", tip(bagId, { occurredOn: day(-9), origin: origin(1) })),
    tip2: await created(house, "tips", tip(bagId, { occurredOn: day(-2), count: 6, origin: origin(2) })),
  };
  return { bagId, premisesId: facts.tip2.premisesId as string, ...facts };
}

/** The premises as the desk sees it. */
export async function premises(house: House, id: string): Promise<any> {
  const answer = await house.api.get(`/v1/premises/${id}`, await house.api.person("ANALYST"));
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/** Waits until everything that is in the log has been assessed, then gives the premises. */
export async function settled(house: House, premisesId: string): Promise<any> {
  await until("the log to be assessed", async () => {
    const [row] = await house.sql(
      `select count(*) from fact f where f.premises = '${premisesId}' and not exists (select 1 from assessment a
         where a.premises = f.premises and (a.known_generation, a.known_xact) >= (f.generation, greatest(f.xact, coalesce(f.ended_xact, f.xact))))`,
    );
    return row === "0";
  });
  return premises(house, premisesId);
}

/** The open alert of a premises. */
export async function alertOf(house: House, premisesId: string): Promise<{ alert: any; answer: Answer }> {
  const desk = await house.api.person("ANALYST");
  const id = await until("an open alert", async () => (await premises(house, premisesId)).openAlertId ?? undefined);
  const answer = await house.api.get(`/v1/alerts/${id}`, desk);
  assert.equal(answer.status, 200, answer.text);
  return { alert: answer.body, answer };
}
