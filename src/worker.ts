/** What is deployed: the app and the object classes, nothing else. */
import { app } from "./edge/app.ts";
import { countWorkerRequest } from "./objects/counted.ts";

export { Archive } from "./objects/archive-object.ts";
export { Audience } from "./objects/audience-object.ts";
export { Leaf } from "./objects/leaf-object.ts";
export { Lobby } from "./objects/lobby-object.ts";
export { Radio } from "./objects/radio-object.ts";
export { Register } from "./objects/register-object.ts";
export { Relay } from "./objects/relay-object.ts";
export { Room } from "./objects/room-object.ts";

export default {
  fetch(request, env, context) {
    countWorkerRequest();
    return app.fetch(request, env, context);
  },
} satisfies ExportedHandler<import("./objects/calls.ts").Env>;
