import type { DayView, Slot } from "../core/wire";

export function slot(change: Partial<Slot> = {}): Slot {
  return {
    starts_at: "2026-11-25T10:00:00Z",
    ends_at: "2026-11-25T10:30:00Z",
    state: "free",
    resource_ids: [1],
    seats_left: 1,
    claims: [],
    claims_by_resource: change.claims?.length ? { 1: change.claims } : {},
    ...change,
  };
}

export function dayView(change: Partial<DayView> = {}): DayView {
  return {
    service_id: 1,
    day: "2026-11-25",
    time_zone: "UTC",
    revision: "1.1",
    degraded: [],
    server_time: "2026-11-25T08:00:00.000Z",
    next_poll_ms: 1_000,
    slots: [slot()],
    ...change,
  };
}

export function answerWith(view: DayView): Response {
  return Response.json(view, { headers: { ETag: `"${view.revision}"` } });
}

export const answerUnchanged = () => new Response(null, { status: 304 });
