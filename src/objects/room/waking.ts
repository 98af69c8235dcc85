import type { Alarms } from "../alarms.ts";
import type { Env } from "../env.ts";
import { isRecordable } from "../recordable.ts";
import { Doors } from "./doors.ts";
import { idleMsOf } from "./idle.ts";
import { type Awake, Reign } from "./reign.ts";
import { RoomBody } from "./room-body.ts";
import type { RoomRecord, RoomStore } from "./room-store.ts";
import { CrowdMemory } from "./root/crowd-memory.ts";
import { EveningKeeper } from "./root/evening.ts";
import { Lease } from "./root/lease.ts";
import { Planting } from "./root/planting.ts";
import { Root, type RootEvents } from "./root/root.ts";
import type { FastPath } from "./stage/fast-path.ts";
import type { Stage } from "./stage/stage.ts";
import { StageLines } from "./stage-lines.ts";
import { Announcer } from "./told/announcer.ts";
import { type Addressee, type Door, Outbox } from "./told/outbox.ts";
import { Upkeep } from "./upkeep.ts";

/** What a room's object has, whether or not it is a room yet. */
export type House = {
  readonly state: DurableObjectState;
  readonly env: Env;
  readonly store: RoomStore;
  readonly alarms: Alarms;
  readonly stage: Stage;
  readonly fastPath: FastPath;
  /** A message came from a node of the tree. */
  heard(): void;
  /** Calls that the object has answered. */
  requests(): number;
  /** How those are reached whom a room with this record tells what happens. */
  doorOf(record: RoomRecord, addressee: Addressee): Door | undefined;
};

/** What a room's object is made of in one life, once it is a room: each knows the others by what they ask of it. */
export type Woken = {
  readonly awake: Awake;
  readonly body: RoomBody;
  readonly reign: Reign;
  readonly lines: StageLines;
  readonly upkeep: Upkeep;
  readonly doors: Doors;
};

/**
 * A life of a room's object begins: all that it consists of is made and tied together, who outlived its sleep is seated again, and everybody is
 * told what the room is. Synchronous, so that nothing is heard in between.
 *
 * @param isNew the room was made just now, not found in its storage
 */
export function wake(house: House, record: RoomRecord, isNew: boolean): Woken {
  const woken = tiedTogether(house, record, isNew);
  const { awake, body, reign, lines, upkeep, doors } = woken;
  const { state } = house;
  doors.arrange();
  state.waitUntil(upkeep.wake());
  // A lock is decided before it is stored in the plan, and this object may have died between the two.
  state.waitUntil(awake.planting.lock(() => awake.people.locked));
  body.handle({ type: "woke" });
  lines.restore();
  const told = awake.announcer.tellAll();
  if (record.continues !== undefined) awake.announcer.tellAdopted(record.continues.room);
  reign.doubt(told);
  state.waitUntil(reign.sure.then(() => body.handle({ type: "sure" })));
  return woken;
}

function tiedTogether(house: House, record: RoomRecord, isNew: boolean): Woken {
  const { state, env, store, alarms, stage, fastPath } = house;
  const outlive = (work: Promise<unknown>) => state.waitUntil(work);
  const events: RootEvents = {
    heard: () => house.heard(),
    counted: () => {
      if (root.listeners > 0) upkeep.used();
      awake.announcer.counted();
      memory.changed();
    },
    asked: (asks) => body.listenersAsked(asks),
    reacted: (counts) => {
      awake.announcer.reacted(counts);
      memory.changed();
    },
    grow: (plan) => outlive(awake.planting.grow(plan)),
    steppedIn: (voices) => {
      for (const voice of awake.people.steppedIn) if (!voices.includes(voice)) fastPath.silence(voice);
      body.handle({ type: "stepped-in", voices });
    },
    doubted: () => reign.doubt(),
  };
  const root = new Root(env, record, new Lease(state.storage, (why) => reign.retire(why)), events);
  // The epoch that was claimed with another room's audience; in a later life of this object it may be half told already.
  if (isNew && record.continues !== undefined) root.begin(record.epoch, record.chunkMs);
  const memory = new CrowdMemory(state.storage, root);
  const awake: Awake = {
    record,
    people: { ...store.people(record), recordable: isRecordable(env) },
    root,
    announcer: new Announcer(
      env,
      stage,
      root,
      store.nextRevision(),
      () => awake,
      outlive,
      (moved) => {
        if (awake.record.movedTo === undefined) outlive(upkeep.gone());
        reign.lose(moved);
      },
    ),
    planting: new Planting(alarms, store, root, (plan) => {
      awake.record = { ...awake.record, plan };
      outlive(awake.announcer.notes.now());
    }),
    evening: new EveningKeeper(state.storage, alarms, {
      root,
      isWanted: () => awake.people.phase === "live" && awake.record.movedTo === undefined,
      requests: () => house.requests(),
    }),
    events: new Outbox(state, alarms, {
      sender: () => ({ room: record.room, title: awake.people.title }),
      doorOf: (addressee) => house.doorOf(awake.record, addressee),
      outlive,
    }),
  };
  const upkeep = new Upkeep(env, alarms, store, awake, idleMsOf(env), {
    isUsed: () => stage.size > 0 || root.listeners > 0,
    handle: (event) => body.handle(event),
  });
  const doors = new Doors(alarms, awake, (event) => body.handle(event));
  const limbs = { store, stage, fastPath, upkeep, doors };
  const body = new RoomBody(state, env, limbs, awake, () => reign);
  const reign = new Reign(state, env, store, stage, awake, (event) => body.handle(event));
  const lines = new StageLines(state, env, { ...limbs, body, reign }, awake);
  return { awake, body, reign, lines, upkeep, doors };
}
