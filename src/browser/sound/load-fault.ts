/** A part of the page's program could not be fetched: the network's fault, not the browser's. Trying again may help. */
export class LoadFault extends Error {
  override readonly name = "LoadFault";
}

/** What `loading` gives. @throws LoadFault if it cannot be fetched */
export async function loaded<Part>(loading: Promise<Part>): Promise<Part> {
  try {
    return await loading;
  } catch (cause) {
    throw new LoadFault("A part of this page could not be loaded", { cause });
  }
}
