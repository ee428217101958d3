import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join, resolve } from "node:path";

const REPOSITORY = resolve(import.meta.dirname, "../../..");

/** The agent itself in a process of its own, at a broker that is simulated. */
export class SimulatedAgent {
  private constructor(
    private readonly process: ChildProcess,
    private readonly log: string,
  ) {}

  /** `config`: the file the user was given. */
  static start(folder: string, config: string): SimulatedAgent {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "agent.toml");
    writeFileSync(file, config, { mode: 0o600 });
    const log = join(folder, "agent.log");
    const output = openSync(log, "w");
    const python = process.env.AGENT_PYTHON ?? join(REPOSITORY, "target/python/bin/python");
    const agent = spawn(
      python,
      [join(REPOSITORY, "agent/forexelite_agent.py"), "run", "--terminal", "sim", "--config", file],
      { stdio: ["ignore", output, output] },
    );
    closeSync(output);
    return new SimulatedAgent(agent, log);
  }

  get isRunning(): boolean {
    return this.process.pid !== undefined && this.process.exitCode === null;
  }

  /** What it said, for whoever looks at a failure. */
  said(): string {
    return readFileSync(this.log, "utf8");
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await ended;
  }
}
