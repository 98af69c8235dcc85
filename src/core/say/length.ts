import { partsOf } from "../moment.ts";
import type { Language } from "./language.ts";

/** Says a length of time in full, as it is read aloud: “1 hour 2 minutes 3 seconds”; what is nought is left out. */
export function lengthIn(language: Language): (ms: number) => string {
  const saying = (unit: "hour" | "minute" | "second") => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" });
  const [hour, minute, second] = [saying("hour"), saying("minute"), saying("second")];
  return (ms) => {
    const { hours, minutes, seconds } = partsOf(ms);
    const parts = [
      hours > 0 ? hour.format(hours) : "",
      minutes > 0 ? minute.format(minutes) : "",
      seconds > 0 || hours + minutes === 0 ? second.format(seconds) : "",
    ];
    return parts.filter((part) => part !== "").join(" ");
  };
}
