/** What is deployed: the app and the object classes, nothing else. */
import { app } from "./edge/app.ts";
import { countWorkerRequest } from "./objects/counted.ts";

export { Archive } from "./objects/archive/archive-object.ts";
export { Lobby } from "./objects/lobby/lobby-object.ts";
export { Register } from "./objects/lobby/register-object.ts";
export { Room } from "./objects/room/room-object.ts";
export { Audience } from "./objects/tree/audience-object.ts";
export { Leaf } from "./objects/tree/leaf-object.ts";
export { Radio } from "./objects/tree/radio-object.ts";
export { Relay } from "./objects/tree/relay-object.ts";

export default {
  fetch(request, env, context) {
    countWorkerRequest();
    return app.fetch(request, env, context);
  },
} satisfies ExportedHandler<import("./objects/env.ts").Env>;
