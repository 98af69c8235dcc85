import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { audienceOf } from "../../../../src/core/ids.ts";
import type { CaptionsState, StageHears, StageState } from "../../../../src/core/wire/messages.ts";
import { archiveStub, audienceStub } from "../../../../src/objects/locate.ts";
import type { Ear, Speaker } from "../../../contract/house.ts";
import { call, connectEar, connectSpeaker, env, workerdHouse } from "../../../contract/workerd-house.ts";
import { roomId } from "../../../support/build.ts";

const { eventually } = workerdHouse;

let made = 0;

/** A room whose host is on air, and somebody who listens. */
async function anEvening() {
  const room = `captions-${Date.now().toString(36)}-${++made}`;
  const { hostTicket } = await (await call("POST", "/api/rooms", { title: "Captions", room })).json<{ hostTicket: string }>();
  const host = await connectSpeaker(room, hostTicket);
  const ear = await connectEar(room);
  host.say({ type: "on-air" });
  host.speak();
  await eventually("the host is heard", () => ear.frames > 5);
  const ask = async (path: string, body?: object, method = "POST") => {
    const answer = await call(method, `/api/rooms/${room}/${path}`, body, { Authorization: `Bearer ${hostTicket}` });
    return answer.status === 204 ? "204" : `${answer.status} ${(await answer.json<{ code: string }>()).code}`;
  };
  return { room, host, ear, ask, caption: (body: object) => ask("caption", body) };
}

function captionsOf({ texts }: Pick<Ear, "texts">): readonly CaptionsState[] {
  return texts.filter((text): text is CaptionsState => text.type === "captions");
}

function stagesOf({ heard }: Speaker): readonly StageState[] {
  const texts: readonly { readonly type: string }[] = heard.flatMap((text) => (text.type === "stage-welcome" ? [...text.states] : [text]));
  return texts.filter((text): text is StageState => text.type === "stage");
}

function refusalsOf({ heard }: Speaker): readonly string[] {
  return heard.filter((text): text is Extract<StageHears, { type: "refused" }> => text.type === "refused").map(({ code }) => code);
}

it("what the host says in words reaches every listener with when it was said, and who comes next reads the newest lines", async () => {
  const { room, host, ear } = await anEvening();
  host.say({ type: "caption", id: "line-1", text: "How a forest", final: false });
  await eventually("the line has begun", () => captionsOf(ear).length > 0);
  const [begun] = captionsOf(ear);
  expect(begun?.epoch).toBe(1);
  expect(begun?.lines).toMatchObject([{ voice: 1, name: "Host", text: "How a forest", final: false }]);
  host.say({ type: "caption", id: "line-1", text: "How a forest listens.", final: true, from: 100, to: 900 });
  await eventually("the line is final", () => captionsOf(ear).some(({ lines }) => lines[0]?.final === true));
  const told = captionsOf(ear).at(-1)?.lines[0];
  expect(told).toMatchObject({ id: begun?.lines[0]?.id, text: "How a forest listens.", from: begun?.lines[0]?.from });
  const late = await connectEar(room);
  await eventually("a newcomer reads it", () => late.texts.length > 0);
  const [welcome] = late.texts;
  expect(welcome?.type === "welcome" ? welcome.states.find(({ type }) => type === "captions") : undefined).toMatchObject({ lines: [told] });
});

it("a program of the host's writes down what others say, by HTTP, and nobody's words who is not on stage or is muted", async () => {
  const { host, ear, caption } = await anEvening();
  const session = stagesOf(host).at(-1)?.speakers[0]?.session;
  expect(await caption({ id: "1", text: "Written by a machine.", final: true, session })).toBe("204");
  expect(await caption({ id: "1", text: "Written by a machine.", final: true, session })).toBe("204");
  expect(await caption({ id: "1", text: "Written anew.", final: true, session })).toBe("409 caption-final");
  expect(await caption({ id: "2", text: "A ghost", session: "l-nobody-is-called-so" })).toBe("409 not-on-stage");
  expect(await caption({ id: "2", text: "x".repeat(301) })).toBe("400 body-invalid");
  expect(await caption({ id: "2", text: "turned \u202e around" })).toBe("400 body-invalid");
  await eventually("it is read", () => captionsOf(ear).some(({ lines }) => lines.some(({ text }) => text === "Written by a machine.")));
  host.say({ type: "mute", muted: true });
  host.say({ type: "caption", id: "while-muted", text: "I said nothing" });
  await eventually("he is told", () => refusalsOf(host).includes("caption-off-air"));
  expect(
    captionsOf(ear)
      .flatMap(({ lines }) => lines)
      .map(({ text }) => text),
  ).not.toContain("I said nothing");
});

it("however much is written, three texts a second are the most that anybody is told", async () => {
  const { host, ear } = await anEvening();
  const before = Date.now();
  for (let word = 1; word <= 18; word++) {
    host.say({ type: "caption", id: "long", text: `${word} words`, final: word === 18 });
    await workerdHouse.pass(60);
  }
  await eventually("the last word is read", () => captionsOf(ear).at(-1)?.lines.at(-1)?.text === "18 words");
  expect(captionsOf(ear).length).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - before) / 334));
});

it("what is said in words while the room is recorded is kept with the sound, as a file in replay time, and goes with it", async () => {
  const { room, host, ask, caption } = await anEvening();
  const file = () => call("GET", `/rooms/${room}/recording/captions.vtt`);
  expect((await file()).status).toBe(404);
  await caption({ id: "before", text: "Not for later.", final: true });
  await workerdHouse.pass(400);
  expect(await ask("record", { on: true })).toBe("204");
  await workerdHouse.pass(1_000);
  await caption({ id: "kept", text: "Roots & branches.", final: true });
  await eventually("it is kept", async () => (await (await file()).text()).includes("branches"));
  await saidMore(room, 4_500);
  const cues = [...(await (await file()).text()).matchAll(/-->.*\n<v Host>(.*)\n/g)].map(([, text]) => text);
  expect([cues.length, new Set(cues).size]).toEqual([4_501, 4_501]);
  await saidMore(room, 0);
  host.say({ type: "end" });
  await eventually("the host is closed", () => host.closed !== undefined);
  const answer = await file();
  expect(answer.headers.get("content-type")).toBe("text/vtt; charset=utf-8");
  const text = await answer.text();
  expect(text).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> 00:00:0\d\.\d{3}\n<v Host>Roots &amp; branches\.\n$/);
  expect(await ask("recording", undefined, "DELETE")).toBe("204");
  await eventually("it is gone", async () => (await file()).status === 404);
});

/** The archive has so many more lines, of the same moment as the first: it never hands out more of them at once than an answer can hold. */
async function saidMore(room: string, lines: number): Promise<void> {
  const archive = archiveStub(env, audienceOf(roomId(room)));
  await runInDurableObject(archive as unknown as DurableObjectStub, (_, { storage: { sql } }) => {
    sql.exec("DELETE FROM lines WHERE id LIKE 'more-%'");
    for (let line = 0; line < lines; line++) {
      sql.exec(
        `INSERT INTO lines SELECT 'more-' || ?, epoch, voice, from_ms, to_ms, 'More ' || ? FROM lines WHERE id NOT LIKE 'more-%' LIMIT 1`,
        line,
        line,
      );
    }
  });
  const known = await audienceStub(env, audienceOf(roomId(room))).look();
  const page = await archive.captions(known?.plan.segments ?? "");
  expect(page?.lines.length).toBe(Math.min(2_000, lines + 1));
}
