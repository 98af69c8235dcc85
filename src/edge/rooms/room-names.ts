const QUALITIES =
  "amber brisk calm clear deep early fair gentle golden green light lively merry mild open quiet silver still warm wide".split(" ");
const TREES = "alder ash aspen beech birch cedar elm fir hazel holly larch linden maple oak olive pine poplar rowan spruce willow".split(
  " ",
);

/**
 * A name for a room that brought none: readable, sayable, and unlikely to be taken, like `calm-beech-4821`. 4 million of them.
 *
 * @param random three random u32
 */
export function inventName(random: Uint32Array): string {
  const [quality = 0, tree = 0, number = 0] = random;
  return `${QUALITIES[quality % QUALITIES.length]}-${TREES[tree % TREES.length]}-${String(number % 10_000).padStart(4, "0")}`;
}
