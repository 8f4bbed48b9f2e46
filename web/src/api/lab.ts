// Rules, trials of candidates, shadows and publishing: what policy owners decide and auditors read.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client.ts";

export type Rule = Schemas["Rule"];
export type Backtest = Schemas["Backtest"];
export type Publication = Schemas["Publication"];

const many = { params: { query: { limit: 100 } } };
const WATCHED_MS = 5_000;

export const rulesQuery = () => queryOptions({ queryKey: ["rules"], queryFn: () => data(api.GET("/v1/rules")) });
export const rulesetsQuery = () => queryOptions({ queryKey: ["lab", "rulesets"], queryFn: () => data(api.GET("/v1/rulesets", many)) });
export const shadowsQuery = () => queryOptions({ queryKey: ["lab", "shadows"], queryFn: () => data(api.GET("/v1/ruleset-shadows", many)) });
export const publicationsQuery = () => queryOptions({ queryKey: ["lab", "publications"], queryFn: () => data(api.GET("/v1/ruleset-publications", many)) });

const isUnderWay = (trial: Backtest) => trial.status === "waiting" || trial.status === "running";

/** Read again while one of them is under way. */
export const backtestsQuery = () =>
  queryOptions({
    queryKey: ["lab", "backtests"],
    queryFn: () => data(api.GET("/v1/backtests", many)),
    refetchInterval: (query) => (query.state.data?.items.some(isUnderWay) === true ? WATCHED_MS : false),
  });

export const backtestQuery = (id: string) => queryOptions({ queryKey: ["lab", "backtest", id], queryFn: () => data(api.GET("/v1/backtests/{id}", { params: { path: { id } } })) });

export const lab = {
  start: (candidate: string) => api.POST("/v1/backtests", { body: { candidate } }),
  propose: (trial: Backtest, reason: string) => api.POST("/v1/ruleset-publications", { body: { sha256: trial.candidate.sha256, backtestId: trial.id, reason } }),
  approve: (id: string, approve: boolean, note: string) => api.POST("/v1/ruleset-publications/{id}/approvals", { params: { path: { id } }, body: { approve, ...(note === "" ? {} : { note }) } }),
};
