import { beforeEach, describe, expect, it, vi } from "vitest";
import { keyOf, Schedule } from "./schedule";
import { at, calendar, column, DAY, entry } from "./testing";

const ann = entry("ANN", "10:00", "11:00");
const moved = { ...ann, resource_id: 2, starts_at: at("13:00"), ends_at: at("14:00") };
const [FIRST, SECOND] = [keyOf(1, DAY), keyOf(2, DAY)];
const move = { resource_id: 2, starts_at: at("13:00"), ends_at: at("14:00") };

const ids = (schedule: Schedule, key: string) => schedule.entries(key).map((each) => each.id);

function deferAnswer<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe("a schedule", () => {
  let schedule: Schedule;
  beforeEach(() => {
    vi.useFakeTimers();
    schedule = new Schedule(calendar(column(1, [ann]), column(2, [])));
    return () => vi.useRealTimers();
  });

  it("tells only those who look at the columns of a move", async () => {
    const told: string[] = [];
    const other = keyOf(3, DAY);
    schedule = new Schedule(calendar(column(1, [ann]), column(2, []), column(3, [])));
    for (const key of [FIRST, SECOND, other]) schedule.on(key, () => told.push(key));
    await schedule.change("ANN", move, async () => {});
    expect(new Set(told)).toEqual(new Set([FIRST, SECOND]));
  });

  it("shows a move at once, and keeps it until the stream shows it", async () => {
    const answer = deferAnswer<void>();
    const done = schedule.change("ANN", move, () => answer.promise);
    expect([ids(schedule, FIRST), ids(schedule, SECOND)]).toEqual([[], ["ANN"]]);
    expect(schedule.isPending("ANN")).toBe(true);
    answer.resolve();
    await done;
    // This state was sent before the move and arrives late.
    schedule.update(column(1, [{ ...ann }]));
    expect([ids(schedule, FIRST), ids(schedule, SECOND)]).toEqual([[], ["ANN"]]);
    schedule.update(column(2, [moved]));
    schedule.update(column(1, []));
    expect([ids(schedule, FIRST), ids(schedule, SECOND)]).toEqual([[], ["ANN"]]);
    expect(schedule.isPending("ANN")).toBe(false);
  });

  it("takes a refused move back, to where the booking is by now", async () => {
    const answer = deferAnswer<void>();
    const done = schedule.change("ANN", move, () => answer.promise);
    const elsewhere = entry("ANN", "15:00", "16:00");
    schedule.update(column(1, [elsewhere]));
    expect(ids(schedule, SECOND)).toEqual(["ANN"]);
    answer.reject(new Error("no"));
    await expect(done).rejects.toThrow("no");
    expect(schedule.entries(FIRST)).toEqual([elsewhere]);
    expect(ids(schedule, SECOND)).toEqual([]);
  });

  it("lets a newer change of somebody else win after the answer", async () => {
    await schedule.change("ANN", move, async () => {});
    schedule.update(column(1, [entry("ANN", "15:00", "16:00")]));
    expect(schedule.entries(FIRST)[0]?.starts_at).toBe(at("15:00"));
    expect(ids(schedule, SECOND)).toEqual([]);
  });

  it("shows the truth again if the stream stays silent", async () => {
    await schedule.change("ANN", move, async () => {});
    vi.advanceTimersByTime(10_000);
    expect(ids(schedule, FIRST)).toEqual(["ANN"]);
  });

  it("shows what is cancelled no more", async () => {
    const answer = deferAnswer<void>();
    const done = schedule.change("ANN", { ...ann, isGone: true }, () => answer.promise);
    expect(ids(schedule, FIRST)).toEqual([]);
    answer.reject(new Error("offline"));
    await expect(done).rejects.toThrow();
    expect(ids(schedule, FIRST)).toEqual(["ANN"]);
  });

  it("moves the buffers along", async () => {
    const buffered = entry("BO", "10:00", "11:00", { busy_until: at("11:15") });
    schedule = new Schedule(calendar(column(1, [buffered]), column(2, [])));
    await schedule.change("BO", move, async () => {});
    expect(schedule.find("BO")?.busy_until).toBe("2026-12-08T14:15:00.000Z");
  });

  it("keeps what was on a column that is unknown now", () => {
    schedule.update(column(1, [], { degraded: ["unknown"] }));
    expect(ids(schedule, FIRST)).toEqual(["ANN"]);
    expect(schedule.column(FIRST)?.degraded).toEqual(["unknown"]);
  });
});
