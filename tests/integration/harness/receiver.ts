// Partners: the real one (build/partner, a process of its own) and one that can misbehave.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { createServer, type Server } from "node:https";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { root, until, type House } from "./house.ts";

export type Event = { id: string; type: string; source: string; subject: string; sequence: string; time: string; data: any };

/** Addresses at which tools/demo registers its receivers; both on the house's port. */
export const DESK = "127.0.0.2";
export const DUTY = "127.0.0.3";

/** The demo partner: appends what it accepts to an inbox file. */
export class Partner {
  private process: ChildProcess | undefined;

  constructor(
    private readonly house: House,
    private readonly address = DESK,
    readonly inbox = join(house.dir, address === DESK ? "partner-inbox.ndjson" : "duty-inbox.ndjson"),
  ) {}

  start(): this {
    const tls = join(this.house.dir, "tls");
    const log = openSync(join(this.house.dir, `partner-${this.address}.log`), "a");
    const args = ["--listen", `${this.address}:${this.house.port}`, "--certificate", `${tls}/partner.crt`, "--key", `${tls}/partner.key`];
    this.process = spawn(join(root, "build/partner"), [...args, "--client-ca", `${tls}/partner-ca.crt`, "--inbox", this.inbox], { stdio: ["ignore", log, log] });
    return this;
  }

  stop() {
    this.process?.kill("SIGTERM");
  }

  events(): Event[] {
    if (!existsSync(this.inbox)) return [];
    const lines = readFileSync(this.inbox, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line).event);
  }

  await(type: string, subject: string, ms?: number): Promise<Event> {
    return until(`${type} in the inbox`, () => this.events().find((e) => e.type === `nl.pandwacht.${type}` && e.subject === subject), ms);
  }
}

/** A request as it came in. */
export type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer };

export type Mode = "accept" | "refuse" | "gone" | "busy" | "redirect" | "big" | "hang";

/** A receiver of our own making, that does as it is told. */
export class Unruly {
  mode: Mode = "accept";
  readonly accepted: Event[] = [];
  readonly kept: Received[] = [];
  requests = 0;
  handshakes = 0;
  redirected = 0;
  private server: Server | undefined;

  constructor(
    private readonly house: House,
    private readonly address = DESK,
  ) {}

  async start(certificate = "partner"): Promise<this> {
    this.server = createServer({
      ...this.house.certificate(certificate),
      ca: readFileSync(join(this.house.dir, "tls/partner-ca.crt")),
      requestCert: true,
      rejectUnauthorized: true,
    });
    this.server.on("secureConnection", (socket: TLSSocket) => this.handshakes += socket.authorized ? 1 : 0);
    this.server.on("request", (request, response) => {
      this.requests++;
      const parts: Buffer[] = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => {
        if (request.url === "/elsewhere") this.redirected++;
        switch (this.mode) {
          case "accept":
            this.accepted.push(JSON.parse(Buffer.concat(parts).toString()));
            this.kept.push({ method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(parts) });
            return response.writeHead(202).end();
          case "refuse":
            return response.writeHead(500).end("no");
          case "gone":
            return response.writeHead(410).end();
          case "busy":
            return response.writeHead(503, { "retry-after": "1" }).end();
          case "redirect":
            return response.writeHead(307, { location: `https://${this.address}:${this.house.port}/elsewhere` }).end();
          case "big":
            return response.writeHead(200).end("x".repeat(1 << 20));
          case "hang":
            return undefined;
        }
      });
    });
    await new Promise<void>((done) => this.server!.listen(this.house.port, this.address, done));
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((done) => (this.server === undefined ? done() : this.server.close(() => done())));
  }

  await(type: string, subject: string, ms?: number): Promise<Event> {
    return until(`${type} at the unruly receiver`, () => this.accepted.find((e) => e.type === `nl.pandwacht.${type}` && e.subject === subject), ms);
  }
}
