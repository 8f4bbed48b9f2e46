// The API as its callers see it: over real TLS, by certificate, token or session.

import { Agent, request } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { House } from "./house.ts";

export type Certificate = { cert: Buffer; key: Buffer };
export type Json = any;
export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; body: Json };

export type Caller = {
  certificate?: Certificate;
  token?: string;
  headers?: Record<string, string>;
};

export type Problem = { type: string; title: string; status: number; detail?: string; code: string; invalidParams?: { name: string; code: string; reason: string }[] };

export class Api {
  private readonly agents = new Map<string, Agent>();
  private readonly sessions = new Map<string, string>();

  constructor(private readonly house: House) {}

  /** Signs in anew from now on: the sessions are in another database. */
  forget() {
    this.sessions.clear();
  }

  close() {
    for (const agent of this.agents.values()) agent.destroy();
  }

  private agent(certificate: Certificate | undefined): Agent {
    const key = certificate?.cert.toString() ?? "";
    let agent = this.agents.get(key);
    if (agent === undefined) {
      agent = new Agent({ keepAlive: true, ca: this.house.ca, ...certificate });
      this.agents.set(key, agent);
    }
    return agent;
  }

  /** One request; a connection that breaks rejects. A string or Buffer is sent as it is, anything else as JSON. */
  call(method: string, path: string, caller: Caller = {}, body?: unknown): Promise<Answer> {
    const payload = body === undefined ? undefined : typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const headers: Record<string, string> = { ...caller.headers };
    if (payload !== undefined) {
      headers["content-type"] ??= "application/json";
      headers["content-length"] = String(Buffer.byteLength(payload));
    }
    if (caller.token !== undefined) headers["authorization"] = `Bearer ${caller.token}`;
    return new Promise((done, fail) => {
      const sent = request(
        { host: "127.0.0.1", servername: "localhost", port: this.house.port, method, path, headers, agent: this.agent(caller.certificate), timeout: 30_000 },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part) => parts.push(part));
          response.on("error", fail);
          response.on("end", () => {
            const text = Buffer.concat(parts).toString();
            const type = response.headers["content-type"] ?? "";
            done({ status: response.statusCode!, headers: response.headers, text, body: /json\b/.test(type) && !/ndjson/.test(type) ? JSON.parse(text) : undefined });
          });
        },
      );
      sent.on("error", fail);
      sent.on("timeout", () => sent.destroy(new Error("no answer within 30 s")));
      sent.end(payload);
    });
  }

  get source(): Caller {
    return { certificate: this.house.certificate("source") };
  }

  /** A client by the name of its token in the env file: TOKEN_LEASE_ADMIN, LANDLORD_TOKEN, ... */
  client(secret: string): Caller {
    return { token: this.house.secret(secret) };
  }

  /** A person by the prefix in the env file: ANALYST, ANALYST2, ... Signed in once. */
  async person(who: string): Promise<Caller> {
    let token = this.sessions.get(who);
    if (token === undefined) {
      const answer = await this.call("POST", "/v1/sessions", {}, { user: this.house.secret(`${who}_USER`), password: this.house.secret(`${who}_PASSWORD`), kind: "bearer" });
      if (answer.status !== 201) throw new Error(`${who} could not sign in: ${answer.status} ${answer.text}`);
      token = answer.body.accessToken as string;
      this.sessions.set(who, token);
    }
    return { token };
  }

  post(path: string, body: unknown, caller: Caller = this.source) {
    return this.call("POST", path, caller, body);
  }

  get(path: string, caller: Caller) {
    return this.call("GET", path, caller);
  }

  /** A write on what two people may change: reads its ETag first. */
  async change(method: string, path: string, etagOf: string, caller: Caller, body?: unknown): Promise<Answer> {
    const current = await this.get(etagOf, caller);
    return this.call(method, path, { ...caller, headers: { ...caller.headers, "if-match": current.headers.etag ?? "" } }, body);
  }
}
