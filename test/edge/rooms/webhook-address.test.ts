import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { expect, it } from "vitest";
import { app } from "../../../src/edge/app.ts";
import { isPublicAddress } from "../../../src/edge/rooms/webhook-address.ts";
import { env } from "../../contract/workerd-house.ts";

it.each(["https://hooks.example.com/canopy?to=7", "https://xn--bcher-kva.example.org/", "https://a.b.c.dev./x"])(
  "A stranger may have us call %s",
  (text) => {
    expect(isPublicAddress(text)).toBe(true);
  },
);

it.each([
  "http://hooks.example.com/",
  "https://hooks.example.com:8443/",
  "https://user:pass@hooks.example.com/",
  "https://localhost/",
  "https://api.localhost/",
  "https://printer.local/",
  "https://metadata.google.internal/",
  "https://router/",
  "https://127.0.0.1/",
  "https://0x7f.1/",
  "https://2130706433/",
  "https://127.1/",
  "https://[::1]/",
  "https://[::ffff:10.0.0.1]/",
  "https://10.0.0.1./",
  "https://hooks.home.arpa/",
  "https://kubernetes.default.svc/",
  "https://kubernetes.default.svc.cluster.local/",
  "https://localhost.localdomain/",
  "https://node.cluster/",
  "https://foo.local../",
  "https://foo..local../",
  "https://10.0.0.1../",
  "https://hooks..example.com/",
  "https://hooks.example.com/?a=\r\nX-Evil: 1",
  "https://hooks.example.com/\t",
  " https://hooks.example.com/",
  "https://hooks.example.com/\u0000",
  "ftp://hooks.example.com/",
  "javascript:alert(1)",
  `https://hooks.example.com/${"x".repeat(500)}`,
  "hooks.example.com",
  "",
])("A stranger may not have us call %s", (text) => {
  expect(isPublicAddress(text)).toBe(false);
});

it("A room's own webhook is taken where the operator allows it, and only there", async () => {
  const ask = async (webhook: object, settings: object) => {
    const context = createExecutionContext();
    const body = JSON.stringify({ title: "Hooked", webhook });
    const answer = await app.request("http://canopy.test/api/rooms", { method: "POST", body }, { ...env, ...settings }, context);
    await waitOnExecutionContext(context);
    return `${answer.status} ${(await answer.json<{ code?: string }>()).code ?? ""}`;
  };
  const url = "https://hooks.example.com/canopy";
  expect(await ask({ url }, {})).toBe("403 webhooks-off");
  expect(await ask({ url }, { ROOM_WEBHOOKS: "1" })).toBe("201 ");
  expect(await ask({ url: "https://10.0.0.1/" }, { ROOM_WEBHOOKS: "1" })).toBe("400 body-invalid");
  expect(await ask({ url, key: "short" }, { ROOM_WEBHOOKS: "1" })).toBe("400 body-invalid");
});
