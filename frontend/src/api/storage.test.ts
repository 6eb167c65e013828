import { beforeEach, describe, expect, it } from "vitest";
import { createSendOnce, type SendOnce } from "./idempotency";
import { Problem } from "./problem";
import { type BrowserStorage, openStorage } from "./storage";
import { openVisitor } from "./visitor";

let storage: BrowserStorage;

beforeEach(() => {
  localStorage.clear();
  storage = openStorage(() => localStorage);
});

describe("an idempotency key", () => {
  let once: SendOnce;
  const keys: string[] = [];
  const refuse = (status: number) => async (key: string) => {
    keys.push(key);
    throw new Problem(status, {});
  };
  const accept = async (key: string) => void keys.push(key);

  beforeEach(() => {
    keys.length = 0;
    once = createSendOnce(storage);
  });

  it.each([0, 500, 503])("stays the same while the outcome is unknown (%i)", async (status) => {
    await expect(once("book", { a: 1 }, refuse(status))).rejects.toThrow();
    await once("book", { a: 1 }, accept);
    expect(keys[0]).toBe(keys[1]);
  });

  it("survives a reload", async () => {
    await expect(once("book", { a: 1 }, refuse(0))).rejects.toThrow();
    await createSendOnce(storage)("book", { a: 1 }, accept);
    expect(keys[0]).toBe(keys[1]);
  });

  it.each([409, 422])("is a new one after a clear refusal (%i)", async (status) => {
    await expect(once("book", { a: 1 }, refuse(status))).rejects.toThrow();
    await once("book", { a: 1 }, accept);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it("is a new one for another request", async () => {
    await expect(once("book", { a: 1 }, refuse(0))).rejects.toThrow();
    await once("book", { a: 2 }, accept);
    expect(keys[0]).not.toBe(keys[1]);
  });
});

describe("a visitor", () => {
  it("keeps one secret of 128 bits per browser", () => {
    const secret = openVisitor(storage, () => 0).secret();
    expect(secret).toMatch(/^[0-9a-f]{32}$/);
    expect(openVisitor(storage, () => 0).secret()).toBe(secret);
  });

  it("numbers its operations upwards, also when the clock goes back", () => {
    let now = 1_000;
    const visitor = openVisitor(storage, () => now);
    expect(visitor.nextSequence()).toBe(1_000);
    now = 500;
    expect(visitor.nextSequence()).toBe(1_001);
  });
});

it("a browser that keeps nothing still gets a working page", () => {
  const forgetful = openStorage(() => {
    throw new DOMException("denied", "SecurityError");
  });
  forgetful.write("name", { a: 1 });
  expect(forgetful.read("name")).toEqual({ a: 1 });
});

it("a browser whose storage is full still gets a working page", () => {
  storage.write("name", "old");
  const full = openStorage(() => ({
    getItem: (key) => localStorage.getItem(key),
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
    removeItem: (key) => localStorage.removeItem(key),
  }));
  expect(full.read("name")).toBe("old");
  full.write("name", "new");
  expect(full.read("name")).toBe("new");
  full.remove("name");
  expect(full.read("name")).toBeNull();
});
