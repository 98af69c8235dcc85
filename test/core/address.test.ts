import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf, isLoopback } from "../../src/core/address.ts";

describe("an address", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["192.0.2.1:4711", "192.0.2.1"],
    [" 192.0.2.1 ", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["[::ffff:192.0.2.1]:4711", "192.0.2.1"],
    ["::FFFF:c000:0201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:c000:201", "192.0.2.1"],
    ["2001:db8::7", "2001:db8:0:0"],
    ["[2001:DB8::7]:443", "2001:db8:0:0"],
    ["[2001:db8::7]", "2001:db8:0:0"],
    ["2001:0db8:0000:0001:aaaa:bbbb:cccc:dddd", "2001:db8:0:1"],
    ["2001:db8:0:1::", "2001:db8:0:1"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["::1", "0:0:0:0"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0"],
  ])("%s is known as %s", (text, known) => {
    expect(addressOf(text)).toBe(known);
  });

  it.each([
    ...["", "localhost", "192.0.2", "192.0.2.256", "192.0.2.01", "0x7f.0.0.1", "1.2.3.4.5", "::1::2", "1:2:3", "12345::"],
    ...["1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "g::1", "192.0.2.1::", "[::1", "::1]", "unknown", `${"1:".repeat(40)}1`],
  ])("is not %j", (text) => {
    expect(addressOf(text)).toBeUndefined();
  });

  it("of one /64 is one, however its lower half changes and however it is spelled", () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const four = fc.tuple(group, group, group, group);
    fc.assert(
      fc.property(four, four, four, fc.boolean(), (network, one, other, upper) => {
        fc.pre(network.some((part) => part !== 0));
        const long = [...network, ...one].map((part) => part.toString(16).padStart(4, "0")).join(":");
        const short = [...network, ...other].map((part) => part.toString(16)).join(":");
        expect(addressOf(upper ? long.toUpperCase() : long)).toBe(addressOf(`[${short}]:1`));
        const next = [...network.slice(0, 3), ((network[3] ?? 0) + 1) % 0x10000, ...one].map((part) => part.toString(16)).join(":");
        expect(addressOf(next)).not.toBe(addressOf(long));
      }),
    );
  });

  it("that is IPv4 is the same when a socket tells it as IPv6", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(65_535), (v4, port) => {
        expect(addressOf(`[::ffff:${v4}]:${port}`)).toBe(v4);
        expect(addressOf(`${v4}:${port}`)).toBe(v4);
      }),
    );
  });

  it("is found in every spelling of IPv6 there is, and in nothing does it fault", () => {
    fc.assert(
      fc.property(fc.ipV6(), (v6) => {
        expect(addressOf(v6)).toMatch(/^([\da-f]{1,4}(:[\da-f]{1,4}){3}|\d+(\.\d+){3})$/);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:.a-f[\]%]{0,70}$/)), (text) => {
        const known = addressOf(text);
        // What is known is known by itself: an address has one spelling.
        if (known !== undefined) expect(addressOf(known.includes(".") ? known : `${known}::`)).toBe(known);
      }),
    );
  });

  it("of this machine is told from all others", () => {
    const here = ["127.0.0.1", "127.9.9.9:1", "::1", "[::1]:80", "::ffff:127.0.0.1"].map((text) => addressOf(text) ?? "");
    expect(here.map(isLoopback)).toEqual(here.map(() => true));
    expect(["128.0.0.1", "10.0.0.1", "2001:db8:0:0"].some(isLoopback)).toBe(false);
  });
});
