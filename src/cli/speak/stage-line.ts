import type { RoomId } from "../../core/ids.ts";
import type { StageHears, StageWelcome } from "../../core/wire/messages.ts";
import { parseStageHears } from "../../core/wire/parse.ts";
import type { StageSays } from "../../core/wire/stage-says.ts";
import { stageUrl, ticketProtocols } from "../api.ts";
import type { Socket, SocketEnding } from "../line/socket.ts";
import { stayConnected } from "../line/stay.ts";

/** How long the room gets to say that we are off air before we hang up, in ms. */
const FAREWELL_MS = 300;
/** A room whose doors are closed is asked again this often, in ms. */
const DOORS_MS = 3_000;

export type StageLineOptions = {
  readonly server: URL;
  readonly room: RoomId;
  readonly ticket: string;
  /** To be heard only while nobody else is. */
  readonly standby: boolean;
  /** On air, after each (re)connection, and the room is live: what is said on `socket` is heard from here on. */
  readonly onAir: (socket: Socket, name: string) => void;
  /** The line is lost, and comes back in `waitMs`. */
  readonly lost: (ending: SocketEnding, waitMs: number) => void;
  /** A *no* of the room. */
  readonly refused: (says: string, code: string) => void;
};

export type StageLine = {
  /** How it ended for good. */
  readonly ended: Promise<SocketEnding>;
  /** Off air, then hangs up. */
  readonly leave: () => Promise<void>;
};

/** A program's place on stage: on air as long as it has a line, which comes back. */
export function stageLine(options: StageLineOptions): StageLine {
  let line: Socket | undefined;
  /** What one is called there, until one is on air. */
  let name: string | undefined;
  let doors: NodeJS.Timeout | undefined;
  const welcomed = (said: StageWelcome, socket: Socket): void => {
    line = socket;
    name = said.name;
    // First, so that nothing slips out; also when an earlier run of this session stood by and this one does not.
    if (options.standby !== standsBy(said)) socket.sendText(asText({ type: "standby", on: options.standby }));
    // On air belongs to the connection's session, and a room that started anew has forgotten it: say it every time.
    socket.sendText(asText({ type: "on-air" }));
  };
  const stay = stayConnected({
    url: () => stageUrl(options.server, options.room),
    protocols: ticketProtocols(options.ticket),
    ping: asText({ type: "ping", id: 1 }),
    text: (text, socket) => {
      const said = parseStageHears(text);
      if (said?.type === "refused") {
        options.refused(said.says, said.code);
        clearTimeout(doors);
        if (said.code === "doors-closed") doors = setTimeout(() => line?.sendText(asText({ type: "on-air" })), DOORS_MS);
      }
      const states = said?.type === "stage-welcome" ? said.states : said === undefined ? [] : [said];
      if (said?.type === "stage-welcome") welcomed(said, socket);
      // While its first epoch is being claimed, a room hears nobody.
      if (name === undefined || !states.some((state) => state.type === "room" && state.phase === "live" && state.epoch > 0)) return;
      options.onAir(socket, name);
      name = undefined;
    },
    lost: (ending, waitMs) => {
      line = undefined;
      name = undefined;
      options.lost(ending, waitMs);
    },
  });
  const leave = async (): Promise<void> => {
    clearTimeout(doors);
    line?.sendText(asText({ type: "off-air" }));
    await new Promise((wake) => setTimeout(wake, FAREWELL_MS));
    stay.stop();
    await stay.ended;
  };
  return { ended: stay.ended, leave };
}

function standsBy({ session, states }: StageWelcome): boolean {
  const isStage = (state: StageHears): state is Extract<StageHears, { type: "stage" }> => state.type === "stage";
  return states.find(isStage)?.speakers.find((one) => one.session === session)?.standby === true;
}

function asText(said: StageSays): string {
  return JSON.stringify(said);
}
