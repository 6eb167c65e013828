import { render } from "preact";
import { act } from "preact/test-utils";
import { useEffect } from "react";
import { expect, it } from "vitest";
import { useChanges } from "./useChanges";

it("sees what a child changes before its parent listens", async () => {
  const listeners = new Set<() => void>();
  const subject = {
    state: "before",
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  function Child() {
    useEffect(() => {
      subject.state = "after";
      for (const listener of listeners) listener();
    }, []);
    return null;
  }
  function Parent() {
    useChanges(subject);
    return (
      <p>
        {subject.state}
        <Child />
      </p>
    );
  }
  const page = document.createElement("div");
  await act(() => render(<Parent />, page));
  expect(page.textContent).toBe("after");
});
