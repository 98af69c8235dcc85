import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ROOT } from "../../../src/cli/build.ts";
import { keptCertificate } from "../../../src/cli/server/certificate.ts";
import { workerdConfig } from "../../../src/cli/server/workerd-config.ts";
import { readWranglerSettings } from "../../../src/cli/server/wrangler-settings.ts";
import { endServers, temporaryFolder } from "../../support/server.ts";

afterEach(endServers);

describe("the embedded server's configuration", () => {
  it("takes classes, bindings, dates and vars from wrangler.toml", async () => {
    const settings = await readWranglerSettings(join(ROOT, "wrangler.toml"));
    expect(settings.objects.map(({ binding }) => binding)).toEqual(expect.arrayContaining(["ROOM", "AUDIENCE", "RELAY", "LEAF", "LOBBY"]));
    expect(settings.objects.every(({ sqlite }) => sqlite)).toBe(true);
    expect(settings.compatibilityDate).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(settings.vars["FAN_OUT"]).toBeDefined();
  });

  it("says what wrangler.toml lacks", async () => {
    const file = join(await temporaryFolder(), "wrangler.toml");
    await writeFile(file, 'name = "canopy"\n');
    await expect(readWranglerSettings(file)).rejects.toThrow("wrangler.toml lacks compatibility_date");
  });

  it("cannot be broken out of by a value with quotes or line breaks", () => {
    const config = workerdConfig({
      settings: { compatibilityDate: "2026-11-15", compatibilityFlags: [], objects: [], assetsBinding: "ASSETS", vars: {} },
      vars: { TITLE: 'a "b"\nc\\' },
      sockets: [{ name: "http", address: "127.0.0.1:8787" }],
      workerFile: "worker.js",
      assetsDirectory: "/assets",
      storageDirectory: "/objects",
    });
    expect(config).toContain(String.raw`(name = "TITLE", text = "a \"b\"\nc\\")`);
  });
});

describe("the self-made certificate", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const day = 86_400_000;

  it("is kept, so that a phone's exception holds", async () => {
    const folder = await temporaryFolder();
    const first = await keptCertificate(folder, ["192.0.2.7"], now);
    expect(await keptCertificate(folder, ["192.0.2.7"], now + 30 * day)).toEqual(first);
  });

  it("is made anew for another address, and before it runs out", async () => {
    const folder = await temporaryFolder();
    const first = await keptCertificate(folder, ["192.0.2.7"], now);
    const second = await keptCertificate(folder, ["192.0.2.7", "192.0.2.8"], now);
    expect(second.certificatePem).not.toBe(first.certificatePem);
    expect((await keptCertificate(folder, ["192.0.2.7"], now + 396 * day)).certificatePem).not.toBe(second.certificatePem);
  });
});
