// The API of pandwacht, typed by its own description. One client: it sends the session's cookie, the CSRF
// token of writes and the language, and turns every problem into one error that says it in words.

import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "#api";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | undefined,
  ) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
  }

  /** What is wrong with one member of the body, by its JSON Pointer. */
  fault(pointer: string): string | undefined {
    return this.problem?.invalidParams?.find((param) => param.name === pointer)?.reason;
  }
}

let csrf = "";
export const setCsrf = (token: string | undefined) => void (csrf = token ?? "");

let onSignedOut = () => {};
/** Called when the API no longer knows the session. */
export const whenSignedOut = (call: () => void) => void (onSignedOut = call);

const middleware: Middleware = {
  onRequest({ request }) {
    request.headers.set("accept-language", document.documentElement.lang);
    if (request.method !== "GET" && csrf !== "") request.headers.set("x-csrf-token", csrf);
    return request;
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return;
    const problem = response.headers.get("content-type")?.startsWith("application/problem+json") ? ((await response.json()) as Problem) : undefined;
    if (response.status === 401 && !schemaPath.startsWith("/v1/sessions")) onSignedOut();
    throw new ApiError(response.status, problem);
  },
};

export const api = createClient<paths>({ baseUrl: location.origin });
api.use(middleware);

/** The answer's data; a failed call has thrown before. */
export async function data<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  return (await call).data as T;
}

/** Data with the ETag that a later write must name. */
export type Tagged<T> = T & { etag: string };

export async function tagged<T>(call: Promise<{ data?: T; response: Response }>): Promise<Tagged<T>> {
  const { data, response } = await call;
  return { ...(data as T), etag: response.headers.get("etag") ?? "" };
}
