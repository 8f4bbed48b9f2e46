// Who is signed in, from the session's cookie: read once at the start, kept in the query cache.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { recall, remember } from "../lib/memory.ts";
import { forgetAll } from "../lib/drafts.ts";
import { api, ApiError, data, setCsrf, type Schemas } from "./client.ts";

export type Session = Schemas["Session"];
export type Role = "analyst" | "case-lead" | "policy-owner" | "auditor" | "privacy-officer" | "administrator" | "municipal-user" | "landlord";

const key = ["session"];

/** Whether this browser was signed in when it was last here; only then is there a session to ask for. */
const mark = "signed-in";

async function current(): Promise<Session | null> {
  if (recall(mark) === undefined) return null;
  try {
    const session = await data(api.GET("/v1/sessions/current"));
    setCsrf(session.csrfToken);
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      remember(mark, undefined);
      return null;
    }
    throw error;
  }
}

export const useSession = () => useQuery({ queryKey: key, queryFn: current, staleTime: Infinity, retry: false });

export function useSigning() {
  const queries = useQueryClient();
  return {
    async signIn(user: string, password: string) {
      const session = await data(api.POST("/v1/sessions", { body: { user, password, kind: "cookie" } }));
      setCsrf(session.csrfToken);
      remember(mark, "yes");
      queries.setQueryData(key, session);
    },
    async signOut() {
      await api.DELETE("/v1/sessions/current").catch(() => undefined);
      this.forget();
    },
    /** Drops everything that was read: nothing of the last person stays on the screen. */
    forget() {
      setCsrf(undefined);
      remember(mark, undefined);
      forgetAll();
      queries.clear();
      queries.setQueryData(key, null);
    },
  };
}

export const has = (session: Session, ...roles: Role[]) => roles.some((role) => session.roles.includes(role));
