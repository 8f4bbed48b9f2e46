// The organisation's own sign-in provider, a real one (npm oidc-provider), and a browser that goes through it.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { Agent, createServer, request, type Server } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import Provider, { type Configuration } from "oidc-provider";
import type { House } from "./house.ts";

export type Person = { preferred_username?: string; groups?: string[]; municipalities?: string[] };
export const CLIENT = { id: "pandwacht", secret: "een geheim: +/= &" };

const newKey = () => ({ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig" });

export class SignInProvider {
  readonly people = new Map<string, Person>();
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly house: House) {}

  get issuer() {
    return `https://localhost:${this.port}`;
  }

  /** Starts, or starts again at the same place, with new keys each time. */
  async start(algorithm: "PS256" | "RS256" = "PS256"): Promise<void> {
    await this.stop();
    const { cert, key } = this.house.certificate("server");
    const server = (this.server = createServer({ cert, key }));
    await new Promise<void>((done) => server.listen(this.port, done));
    this.port = (server.address() as AddressInfo).port;
    server.on("request", new Provider(this.issuer, this.configuration(algorithm)).callback());
  }

  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }

  private configuration(algorithm: "PS256" | "RS256"): Configuration {
    return {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [`https://localhost:${this.house.port}/v1/sessions/oidc/callback`],
          token_endpoint_auth_method: "client_secret_basic",
          id_token_signed_response_alg: algorithm,
        },
      ],
      jwks: { keys: [newKey()] },
      cookies: { keys: [randomUUID()] },
      claims: { openid: ["sub"], profile: ["preferred_username", "groups", "municipalities"] },
      conformIdTokenClaims: false,
      findAccount: (_, accountId) => ({ accountId, claims: async () => ({ sub: accountId, ...this.people.get(accountId) }) }),
      features: { devInteractions: { enabled: true } },
    };
  }
}

type Page = { status: number; headers: IncomingHttpHeaders; text: string };

/** Keeps cookies per origin; follows nothing by itself. */
export class Browser {
  private readonly jar = new Map<string, Map<string, string>>();
  private readonly agent: Agent;

  constructor(private readonly house: House) {
    this.agent = new Agent({ ca: house.ca });
  }

  get home() {
    return `https://localhost:${this.house.port}`;
  }

  cookies(origin = this.home): Map<string, string> {
    let cookies = this.jar.get(origin);
    if (cookies === undefined) this.jar.set(origin, (cookies = new Map()));
    return cookies;
  }

  go(url: string, form?: Record<string, string>): Promise<Page> {
    const { origin } = new URL(url);
    const cookies = this.cookies(origin);
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    const headers: Record<string, string> = { accept: "text/html" };
    if (cookies.size > 0) headers["cookie"] = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (body !== undefined) headers["content-type"] = "application/x-www-form-urlencoded";
    return new Promise((done, fail) => {
      const sent = request(url, { method: body === undefined ? "GET" : "POST", headers, agent: this.agent }, (answer) => {
        let text = "";
        for (const line of answer.headers["set-cookie"] ?? []) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
          if (value === "" || /Max-Age=0|expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name!);
          else cookies.set(name!, value!);
        }
        answer.on("data", (part) => (text += part));
        answer.on("end", () => done({ status: answer.statusCode!, headers: answer.headers, text }));
      });
      sent.on("error", fail);
      sent.end(body);
    });
  }

  /** From our door to where the provider sends us back; not yet there. */
  async goThrough(provider: SignInProvider, subject: string): Promise<string> {
    let page = await this.go(`${this.home}/v1/sessions/oidc`);
    for (let steps = 0; steps < 12; steps++) {
      const location = page.headers.location;
      if (location?.startsWith(`${this.home}/`) || location?.startsWith("/?")) return location;
      if (location !== undefined) {
        page = await this.go(new URL(location, provider.issuer).href);
        continue;
      }
      const [, action] = /action="([^"]+)"/.exec(page.text) ?? [];
      if (action === undefined) throw new Error(`the provider is stuck: ${page.status} ${page.text.slice(0, 300)}`);
      const prompt: Record<string, string> = page.text.includes('name="login"') ? { prompt: "login", login: subject, password: "x" } : { prompt: "consent" };
      page = await this.go(new URL(action, provider.issuer).href, prompt);
    }
    throw new Error("the provider goes round in circles");
  }

  /** Signs in; where the console is told how it went: "done", "role", ... */
  async signIn(provider: SignInProvider, subject: string): Promise<string> {
    const back = await this.goThrough(provider, subject);
    const landed = back.startsWith("/?") ? back : (await this.go(back)).headers.location;
    const [, how] = /^\/\?signIn=([a-z]+)$/.exec(landed ?? "") ?? [];
    if (how === undefined) throw new Error(`the callback led to ${landed}`);
    return how;
  }

  /** A request with the session of this browser. */
  async session(): Promise<Page> {
    return this.go(`${this.home}/v1/sessions/current`);
  }
}
