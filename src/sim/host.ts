import { type LocalTime, localTime } from "../core/ids.ts";
import type { Task } from "./clock.ts";
import type { Ground } from "./ground.ts";
import { Moment } from "./moment.ts";
import type { Server } from "./server.ts";

/** Clocks of machines differ by up to this, in ms: whoever compares two of them is found out. */
const CLOCK_SKEW_MS = 4_000;
/** Root and audience get not more requests than this in a second: nothing of a crowd may reach them. */
const TOP_REQUESTS = 100;

/** An object of the platform: one life after another, one event after another, timers, and a clock of its own. */
export abstract class Host {
  readonly name: string;
  readonly region: string;
  readonly ground: Ground;
  readonly server: Server;
  #kind: "root" | "audience" | "node";
  #life = 1;
  #downUntil = 0;
  #aheadMs: number;
  #second = -1;
  #requests = 0;
  #lifeRequests = 0;
  #waiting = new Set<() => void>();

  constructor(ground: Ground, kind: "root" | "audience" | "node", name: string, region: string) {
    this.ground = ground;
    this.#kind = kind;
    this.name = name;
    this.region = region;
    this.server = ground.server();
    this.#aheadMs = this.#skew();
  }

  /** Grows with each death: what was begun in an earlier life ends nowhere. */
  get life(): number {
    return this.#life;
  }

  /** False while its machine is gone: requests fail. */
  get isUp(): boolean {
    return this.ground.clock.now >= this.#downUntil;
  }

  /** Requests that it has answered in this life. */
  get requests(): number {
    return this.#lifeRequests;
  }

  /** This machine's clock, in whole ms. */
  get local(): LocalTime {
    return localTime(Math.floor(this.ground.clock.now + this.#aheadMs));
  }

  /** By how much this machine's clock is ahead of virtual time, in ms. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** The object dies: all but its storage is lost. It can be called again after `downMs`, on another machine. */
  die(downMs: number): void {
    this.#life++;
    this.#lifeRequests = 0;
    this.#downUntil = this.ground.clock.now + downMs;
    this.#aheadMs = this.#skew();
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const fail of waiting) fail();
  }

  /** `action` in this life, after `ms`, and when this object's core is free. */
  later(ms: number, action: () => void): Moment {
    const moment = this.moment(ms, action);
    this.ground.clock.at(moment.at, moment);
    return moment;
  }

  /** The same, but the caller sees to it that it comes. */
  protected moment(ms: number, action: () => void): Moment {
    const { timers, luck, clock } = this.ground;
    const lateMs = timers.lateMs === 0 ? 0 : timers.lateMs * luck.lines();
    return new Moment(this, clock.now + ms + lateMs, action);
  }

  /**
   * Asks `other`, which answers by calling `reply`, at once or later. `answered` is called in this life only: with the answer, or with
   * nothing if `other` cannot be reached or dies before.
   */
  ask<Answer>(
    other: Host,
    oneWayMs: number,
    work: (reply: (answer: Answer) => void) => void,
    answered: (answer: Answer | undefined) => void,
  ): void {
    const life = this.#life;
    let isDone = false;
    const done = (answer: Answer | undefined) => {
      if (isDone) return;
      isDone = true;
      other.#waiting.delete(fail);
      const task: Task = { run: () => (this.#life === life ? answered(answer) : undefined) };
      this.ground.clock.after(oneWayMs, () => this.server.submit(task));
    };
    const fail = () => done(undefined);
    this.ground.clock.after(oneWayMs, () => {
      if (!other.isUp) return fail();
      other.#waiting.add(fail);
      const otherLife = other.#life;
      other.server.submit({
        run: () => {
          if (other.#life !== otherLife) return;
          other.requested();
          work(done);
        },
      });
    });
  }

  /** A request came: charged and counted. @param costMs of a request that does more or less than others */
  requested(costMs = this.ground.costs.requestMs): void {
    this.server.charge(costMs);
    this.counted();
  }

  /** A request came: counted. */
  counted(): void {
    const second = Math.floor(this.ground.clock.now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#requests = 0;
    }
    this.#requests++;
    this.#lifeRequests++;
    this.ground.measures.requested(this.#kind, this.#requests);
    const most = this.#kind === "node" ? this.ground.nodeRequests : TOP_REQUESTS;
    if (this.#requests === most + 1) this.ground.invariants.break("requests", () => `${this.name}: more than ${most} in second ${second}`);
  }

  #skew(): number {
    // Well above 0: no machine lives before 1970.
    return 1_000_000 + Math.floor(this.ground.luck.lines() * CLOCK_SKEW_MS);
  }
}
