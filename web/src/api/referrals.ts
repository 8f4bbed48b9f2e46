// Referrals, from both sides: the desk that proposes and approves, the municipality that answers.

import { queryOptions } from "@tanstack/react-query";
import { api, data, tagged, type Schemas, type Tagged } from "./client.ts";

export type Referral = Schemas["Referral"];

export const referralsQuery = () =>
  queryOptions({
    queryKey: ["referrals"],
    queryFn: () => data(api.GET("/v1/referrals", { params: { query: { limit: 100 } } })),
    refetchInterval: 30_000,
  });

/** The version as it stands now: what a person answers to is read just before. */
const fresh = (id: string): Promise<Tagged<Referral>> => tagged(api.GET("/v1/referrals/{id}", { params: { path: { id } } }));
const seen = (referral: Tagged<Referral>) => ({ path: { id: referral.id }, header: { "If-Match": referral.etag } });

export const answer = {
  approve: async (id: string, approve: boolean, note: string) => api.POST("/v1/referrals/{id}/approvals", { params: seen(await fresh(id)), body: { approve, ...(note === "" ? {} : { note }) } }),
  acknowledge: async (id: string, body: Schemas["AcknowledgementBody"]) => api.POST("/v1/referrals/{id}/acknowledgements", { params: seen(await fresh(id)), body }),
  outcome: async (id: string, body: Schemas["OutcomeBody"]) => api.POST("/v1/referrals/{id}/outcomes", { params: seen(await fresh(id)), body }),
};
