// Alerts as the console reads and changes them. Lists are read page by page; every change names the version it saw.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, tagged, type Schemas, type Tagged } from "./client.ts";

export type Alert = Schemas["Alert"];
export type Line = Schemas["Line"];
export type Entry = Schemas["Entry"];
export type Fact = Schemas["DossierFact"];

export const OPEN = ["new", "claimed", "weighing", "referred", "awaiting-outcome"];
const PAGE = 100;

/** What a queue shows: the words of its address, which are the query keys of the API. */
export type Filter = { status?: string; level?: string; municipality?: string; theme?: string; assignee?: string; raisedAfter?: string; dueBefore?: string; snoozed?: string };

export const filterKeys = ["status", "level", "municipality", "theme", "assignee", "raisedAfter", "dueBefore", "snoozed"] as const;

export function readFilter(query: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const key of filterKeys) {
    const value = query.get(key);
    if (value !== null && value !== "") filter[key] = value;
  }
  return filter;
}

/** Closed alerts and snoozed ones stay out of sight until asked for. */
export const asked = (filter: Filter) => ({ status: OPEN.join(","), snoozed: "false", ...filter });

export const queue = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ["alerts", filter],
    queryFn: ({ pageParam }) => data(api.GET("/v1/alerts", { params: { query: { ...asked(filter), limit: PAGE, ...(pageParam === "" ? {} : { cursor: pageParam }) } } })),
    refetchInterval: 10_000,
    initialPageParam: "",
    getNextPageParam: (page) => {
      const next = page._links.next?.href;
      return next === undefined ? undefined : (new URL(next, location.origin).searchParams.get("cursor") ?? undefined);
    },
  });

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ["alert", id],
    queryFn: (): Promise<Tagged<Alert>> => tagged(api.GET("/v1/alerts/{id}", { params: { path: { id } } })),
  });

export const entriesQuery = (id: string) =>
  queryOptions({
    queryKey: ["entries", id],
    queryFn: () => data(api.GET("/v1/alerts/{id}/entries", { params: { path: { id }, query: { limit: 100 } } })),
  });

export const dossierQuery = (premises: string) =>
  queryOptions({
    queryKey: ["dossier", premises],
    queryFn: () => data(api.GET("/v1/premises/{id}/dossier", { params: { path: { id: premises } } })),
  });

export const assessmentsQuery = (premises: string) =>
  queryOptions({
    queryKey: ["assessments", premises],
    queryFn: () => data(api.GET("/v1/premises/{id}/assessments", { params: { path: { id: premises }, query: { limit: 100 } } })),
  });

export async function takeNext(): Promise<Alert | undefined> {
  return (await api.POST("/v1/alerts/_next", { body: {} })).data;
}

const seen = (alert: Tagged<Alert>) => ({ path: { id: alert.id }, header: { "If-Match": alert.etag } });

/** The changes of one alert; each fails with 412 when somebody else was first. */
export const change = {
  claim: (alert: Tagged<Alert>) => api.POST("/v1/alerts/{id}/claims", { params: seen(alert), body: {} }),
  release: (alert: Tagged<Alert>) => api.DELETE("/v1/alerts/{id}/claims/current", { params: seen(alert) }),
  note: (alert: Tagged<Alert>, text: string) => api.POST("/v1/alerts/{id}/notes", { params: seen(alert), body: { text } }),
  weigh: (alert: Tagged<Alert>, body: Schemas["WeighingBody"]) => api.POST("/v1/alerts/{id}/weighings", { params: seen(alert), body }),
  decide: (alert: Tagged<Alert>, body: Schemas["DecisionBody"]) => api.POST("/v1/alerts/{id}/decisions", { params: seen(alert), body }),
  refer: (alert: Tagged<Alert>, body: Schemas["ReferralBody"]) => api.POST("/v1/alerts/{id}/referrals", { params: seen(alert), body }),
  close: (alert: Tagged<Alert>, reason: string) => api.POST("/v1/alerts/{id}/closures", { params: seen(alert), body: { reason } }),
  snooze: (alert: Tagged<Alert>, until: string, reason: string) => api.POST("/v1/alerts/{id}/snoozes", { params: seen(alert), body: { until, reason } }),
  unsnooze: (alert: Tagged<Alert>) => api.DELETE("/v1/alerts/{id}/snoozes/current", { params: seen(alert) }),
};
