// One house for one test file: a private PostgreSQL cluster, certificates, keys, clients, accounts and
// receivers as `make run` makes them, and the daemon as a process that can be killed and started again.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { openSync, readFileSync, writeFileSync, existsSync, rmSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Api, type Certificate } from "./api.ts";

const run = promisify(execFile);
export const root = resolve(import.meta.dirname, "../../..");

export const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Polls until `probe` gives something; its last failure is the reason when it never does. */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false> | T | undefined | false, ms = 45_000): Promise<T> {
  const end = Date.now() + ms;
  let reason: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      reason = error;
    }
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`, { cause: reason });
    await sleep(40);
  }
}

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

export class House {
  readonly secrets: Record<string, string> = {};
  daemon: ChildProcess | undefined;
  readonly api: Api;

  private constructor(
    readonly name: string,
    readonly dir: string,
    readonly port: number,
    readonly opsPort: number,
  ) {
    this.api = new Api(this);
  }

  /** Everything but the daemon. `name` names the directory under build/integration. */
  static async open(name: string): Promise<House> {
    const dir = join(root, "build/integration", name);
    if (existsSync(dir)) await run("tools/pg-cluster", ["destroy", join(dir, "postgres")], { cwd: root });
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    const house = new House(name, dir, await freePort(), await freePort());
    await run("flock", ["build/test-house.lock", "make", "-s", "build/test-house/made"], { cwd: root });
    await run("tools/demo", ["up", dir, "build/test-house"], {
      cwd: root,
      env: { ...process.env, PANDWACHT_PORT: String(house.port), PANDWACHT_OPS_PORT: String(house.opsPort) },
    });
    for (const line of readFileSync(join(dir, "secrets"), "utf8").trim().split("\n")) {
      const [, key, value] = /^PANDWACHT_(\w+)='(.*)'$/.exec(line)!;
      house.secrets[key!] = value!;
    }
    return house;
  }

  /** The house with its daemon running. */
  static async start(name: string): Promise<House> {
    const house = await House.open(name);
    await house.serve();
    return house;
  }

  get configFile() {
    return join(this.dir, "pandwacht.yaml");
  }

  get logFile() {
    return join(this.dir, "pandwacht.log");
  }

  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, "utf8") : "";
  }

  configure(change: (text: string) => string) {
    writeFileSync(this.configFile, change(readFileSync(this.configFile, "utf8")));
  }

  secret(name: string): string {
    const value = this.secrets[name];
    if (value === undefined) throw new Error(`no secret ${name}`);
    return value;
  }

  certificate(name: string): Certificate {
    return {
      cert: readFileSync(join(this.dir, "tls", `${name}.crt`)),
      key: readFileSync(join(this.dir, "tls", `${name}.key`)),
    };
  }

  get ca(): Buffer {
    return readFileSync(join(this.dir, "tls/server-ca.crt"));
  }

  /** Starts the daemon and waits until it is ready. */
  async serve(): Promise<void> {
    this.launch();
    await this.ready();
  }

  launch(): ChildProcess {
    const log = openSync(this.logFile, "a");
    this.daemon = spawn(join(root, "build/pandwacht"), ["serve", "--config", this.configFile], {
      cwd: root,
      stdio: ["ignore", log, log],
    });
    return this.daemon;
  }

  async ready(): Promise<void> {
    await until("the daemon to be ready", async () => {
      if (this.daemon?.exitCode !== null) throw new Error(`the daemon ended:\n${this.log().slice(-2000)}`);
      return (await fetch(`http://127.0.0.1:${this.opsPort}/health/ready`)).status === 200;
    });
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const daemon = this.daemon;
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return null;
    const ended = new Promise<number | null>((done) => daemon.once("exit", (code) => done(code)));
    daemon.kill(signal);
    return ended;
  }

  kill9 = () => this.end("SIGKILL");
  stop = () => this.end("SIGTERM");
  reload = () => this.daemon!.kill("SIGHUP");

  async restart(): Promise<void> {
    await this.stop();
    await this.serve();
  }

  async close(): Promise<void> {
    this.api.close();
    await this.stop();
    await run("tools/pg-cluster", ["destroy", join(this.dir, "postgres")], { cwd: root });
  }

  // ---- the database, as its administrator sees it ----

  cluster = (verb: string, ...rest: string[]) => run("tools/pg-cluster", [verb, join(this.dir, "postgres"), ...rest], { cwd: root });

  get databaseUrl(): string {
    return /url: (postgresql:\S+)/.exec(readFileSync(this.configFile, "utf8"))![1]!;
  }

  /** Rows of one statement, fields apart by "|". */
  async sql(statement: string): Promise<string[]> {
    const { stdout } = await run("psql", ["-XqtA", "-v", "ON_ERROR_STOP=1", "-c", statement, this.databaseUrl]);
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** Runs `pandwacht ARGS...` on this house; never throws. */
  async command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    try {
      const { stdout, stderr } = await run(join(root, "build/pandwacht"), [...args, "--config", this.configFile], { cwd: root, maxBuffer: 1 << 26 });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  }

  async metrics(): Promise<Map<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${this.opsPort}/metrics`)).text();
    return new Map(
      text
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
    );
  }
}
