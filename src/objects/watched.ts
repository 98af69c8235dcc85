/** What is going on in an object, for the operator: rooms that are live, joins that are parked, a leaf's stride. */
export type Doing = { readonly live?: number; readonly parked?: number; readonly stride?: number };

/**
 * The objects of this isolate that can be asked what they are doing, when somebody wants to know: nothing is counted on the way of the sound. An
 * object that the runtime lets go of goes from here too.
 */
const watched = new Set<() => Doing | undefined>();

/** @param read what it is doing now; it must hold nothing of the object itself */
export function watch<Watched extends object>(object: Watched, read: (object: Watched) => Doing): void {
  const reference = new WeakRef(object);
  watched.add(() => {
    const still = reference.deref();
    return still === undefined ? undefined : read(still);
  });
}

/** What goes on in this isolate now. `stride`: the widest. */
export function doingNow(): Required<Doing> {
  let [live, parked, stride] = [0, 0, 0];
  for (const ask of watched) {
    const doing = ask();
    if (doing === undefined) watched.delete(ask);
    live += doing?.live ?? 0;
    parked += doing?.parked ?? 0;
    stride = Math.max(stride, doing?.stride ?? 0);
  }
  return { live, parked, stride };
}
