import { describe, expect, it } from "vitest";
import { awoken, type Happening, happenings, NOTHING_YET } from "../../../src/core/room/happenings.ts";
import { newRoom, type Room } from "../../../src/core/room/state.ts";
import { roomId } from "../../support/build.ts";

const quiet = newRoom({ id: roomId("friday"), title: "Friday", chunkMs: 100 });
const live: Room = { ...quiet, phase: "live" };
const silent: Room = { ...live, host: { ...live.host, presence: "silent" } };
const gone: Room = { ...live, host: { ...live.host, presence: "gone" } };
const ended: Room = { ...quiet, phase: "ended" };

/** What is news of a room that goes through these, each at its time in s. */
function newsOf(...steps: readonly (readonly [number, Room])[]): readonly string[] {
  let [watched, before] = [NOTHING_YET, quiet];
  const told: string[] = [];
  for (const [seconds, room] of steps) {
    const { watched: next, seen } = happenings(watched, before, room, seconds * 1_000);
    told.push(...seen.map((what: Happening) => `${seconds} ${what}`));
    [watched, before] = [next, room];
  }
  return told;
}

describe("What happens in a room", () => {
  it("is told when it begins, when its host falls silent, and when it is over", () => {
    expect(newsOf([10, live], [95, silent], [120, gone], [130, live], [900, quiet], [901, ended])).toEqual([
      "10 live",
      "95 host-silent",
      "901 ended",
    ]);
  });

  it("is no news again while somebody only changes his microphone", () => {
    expect(newsOf([10, live], [20, quiet], [50, live], [3_000, quiet], [3_059, live], [4_000, quiet], [4_060, live])).toEqual([
      "10 live",
      "4060 live",
    ]);
  });

  it("is told of a line that comes and goes once a minute", () => {
    expect(newsOf([10, live], [20, silent], [21, live], [30, silent], [31, live], [80, silent])).toEqual([
      "10 live",
      "20 host-silent",
      "80 host-silent",
    ]);
  });

  it("is not that its host is silent before it began, or after it ended", () => {
    expect(newsOf([10, { ...quiet, host: silent.host }], [20, { ...ended, host: silent.host }])).toEqual(["20 ended"]);
  });

  it("is not live anew when its object died and its host is back within a minute", () => {
    const { watched } = happenings(NOTHING_YET, quiet, live, 0);
    const again = awoken(watched, 500_000);
    expect(happenings(again, quiet, live, 520_000).seen).toEqual([]);
    expect(happenings(again, quiet, live, 560_000).seen).toEqual(["live"]);
  });
});
