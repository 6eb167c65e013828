import { options } from "preact";
import { afterAll } from "vitest";

// Preact runs effects after the next frame, and by a timer if there is none in time. Such a timer
// can outlive the tests: then the document is gone, and the run fails although all tests passed. So
// effects run in the next turn of the event loop, and those that are left at the end are dropped.
let isOver = false;
options.requestAnimationFrame = (flush: () => void) =>
  void setTimeout(() => {
    if (!isOver) flush();
  });

afterAll(() => {
  isOver = true;
});
