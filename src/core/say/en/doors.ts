import { counterIn } from "../count.ts";

const count = counterIn("en");

/** What pages say of an evening that was announced, and of doors that are yet to open. */
export const doors = {
  badge: "Announced",
  title: "The doors open",
  yours: (when: string) => `Your time: ${when}`,
  left: { days: (days: number) => count(days, { one: "# day", other: "# days" }), soon: "Any moment now …" },
  /** Said to who listens to the page, at some few moments only. */
  inMinutes: (minutes: number) => count(minutes, { one: "The doors open in # minute.", other: "The doors open in # minutes." }),
  speakers: "Who will speak",
  takes: (minutes: number) => count(minutes, { one: "About # minute", other: "About # minutes" }),
  calendar: "Add to your calendar",
  notYet: "Press Listen now, and you will hear the first word; you can leave this page open.",
  waiting: "You will hear the first word, without a click. You can leave this page open.",
  form: {
    open: "Announce it for later",
    hint: "Until then the room has a page that counts down, and nobody goes on air.",
    date: "Day",
    time: "Time",
    zone: "Time zone",
    minutes: "How many minutes",
    speakers: "Who will speak",
    speakersHint: "Names, with commas between them.",
    speakersRule: (names: number, characters: number) => `At most ${names} names, each of 1 to ${characters} characters that can be read.`,
    about: "What it is about",
    aboutRule: (most: number) => `At most ${most} characters that can be read: nothing invisible, nothing that turns text around.`,
    expect: "How many may come",
    expectHint: "The room is made ready for them ten minutes before.",
  },
  studio: {
    title: "Schedule",
    none: "This room is open. No time was announced.",
    opens: (when: string) => `The doors open ${when}. Until then nobody hears the stage; sound checks work.`,
    opened: (when: string) => `The doors opened ${when}.`,
    planned: (listeners: string, when: string) => `Made ready for ${listeners} listeners ${when}.`,
    now: "Open the doors now",
    change: "Announce a time",
    save: "Announce",
    saved: "Announced.",
    cancel: "Call it off",
  },
  lobby: { live: "On air now", upcoming: "Coming up", open: "Open rooms" },
};
