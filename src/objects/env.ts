import type { ArchiveCalls } from "./calls/archive.ts";
import type { AudienceCalls } from "./calls/audience.ts";
import type { ParentCalls } from "./calls/parent.ts";
import type { RadioCalls } from "./calls/radio.ts";
import type { RegisterCalls } from "./calls/register.ts";
import type { RoomCalls } from "./calls/room.ts";

/** Every binding and setting of the worker; README.md says what the settings mean. */
export type Env = {
  readonly ROOM: DurableObjectNamespace<RoomCalls>;
  readonly AUDIENCE: DurableObjectNamespace<AudienceCalls>;
  readonly RELAY: DurableObjectNamespace<ParentCalls>;
  readonly LEAF: DurableObjectNamespace;
  readonly ARCHIVE: DurableObjectNamespace<ArchiveCalls>;
  readonly RADIO: DurableObjectNamespace<RadioCalls>;
  readonly LOBBY: DurableObjectNamespace;
  readonly REGISTER: DurableObjectNamespace<RegisterCalls>;
  readonly ASSETS: Fetcher;
  /** Where segments are kept if it is bound; else each archive keeps its own. */
  readonly SEGMENTS?: R2Bucket;
  /** "sqlite": rooms may be recorded where there is no SEGMENTS too, into each archive's own storage. */
  readonly RECORDINGS?: string;
  readonly FAN_OUT?: string;
  readonly LISTENERS_PER_LEAF?: string;
  readonly INITIAL_LEAVES?: string;
  readonly MAX_LISTENERS?: string;
  readonly SUMMARY_SECONDS?: string;
  /** A room that nobody uses for so long ends; 0 never. */
  readonly IDLE_MINUTES?: string;
  /** A stride that no controller changes; for measuring only. */
  readonly STRIDE?: string;
  readonly OPEN_CREATE?: string;
  readonly CREATE_KEY?: string;
  /** Who brings it may read `GET /metrics`, and list and end any room; without it there are no such addresses. */
  readonly ADMIN_KEY?: string;
  /** Where reports about rooms are sent to; without it there are none. */
  readonly REPORT_WEBHOOK?: string;
  /** Signs what is sent there. */
  readonly REPORT_KEY?: string;
  /** Where is told what happens in rooms; without it nothing is. */
  readonly WEBHOOK_URL?: string;
  /** Signs what is told there. */
  readonly WEBHOOK_KEY?: string;
  /** "1": a room's maker may name another webhook for his room. */
  readonly ROOM_WEBHOOKS?: string;
  /** What calls go through whose address a stranger chose; only an embedded server binds it, which could reach its own network otherwise. */
  readonly INTERNET?: Fetcher;
  /** How much one address may do in a while; Cloudflare's counters where they are bound, else this isolate's own (edge/request/limits.ts). */
  readonly CREATES?: RateLimit;
  readonly JOINS?: RateLimit;
  readonly ASKS?: RateLimit;
  readonly REPORTS?: RateLimit;
  /** The header in which the operator's own proxy tells where a visitor comes from; without one, Cloudflare or workerd tell. */
  readonly ADDRESS_HEADER?: string;
  /** WebSockets that this process may hold; only an embedded server sets it. */
  readonly SOCKET_LIMIT?: string;
};
