/** Texts of version 1 as they were shipped. Added to, never edited. */

export const ROOM_V1 =
  '{"type":"room","for":"all","revision":4294967297,"roomTime":0,"room":"demo","title":"Friday talk","phase":"live","chunkMs":100,"epoch":3}';
export const STAGE_V1 =
  '{"type":"stage","for":"all","revision":4294967298,"roomTime":1200,"speakers":[{"voice":1,"name":"Host","role":"host","state":"on-air"}]}';
export const AUDIENCE_V1 = '{"type":"audience","for":"all","revision":4294967299,"roomTime":2400,"listeners":1421}';
/** With the window in which to come back. */
export const AUDIENCE_V1_WINDOW =
  '{"type":"audience","for":"all","revision":4294967299,"roomTime":2400,"listeners":1421,"comeBackMs":1421}';
export const WELCOME_V1 = `{"type":"welcome","revision":4294967299,"roomTime":2500,"epoch":3,"sequence":25,"states":[${ROOM_V1},${STAGE_V1},${AUDIENCE_V1}]}`;
export const GAP_V1 =
  '{"type":"gap","revision":0,"roomTime":2500,"reason":"epoch","from":{"epoch":2,"sequence":977},"to":{"epoch":3,"sequence":1}}';
export const STAGE_WELCOME_V1 = `{"type":"stage-welcome","revision":4294967300,"roomTime":2500,"session":"host-7c5e","voice":1,"name":"Host","onAir":false,"muted":false,"states":[${ROOM_V1}]}`;
export const REFUSED_V1 =
  '{"type":"refused","revision":0,"roomTime":0,"code":"speech-out-of-order","says":"Those frames were out of order or repeated, and were not heard"}';
export const PONG_V1 = '{"type":"pong","revision":0,"roomTime":2500,"id":7}';
