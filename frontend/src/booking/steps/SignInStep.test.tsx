import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { openStorage } from "../../api/storage";
import { VirtualEnvironment } from "../../testing/virtualEnvironment";
import { type PageServices, PageServicesContext } from "../pageServices";
import { SignInStep } from "./SignInStep";

let world: VirtualEnvironment;
let page: HTMLElement;

const find = <Kind extends Element>(selector: string) => page.querySelector<Kind>(selector) as Kind;
const sendAgain = () => find<HTMLButtonElement>("[data-testid=send-again]");

const pass = (milliseconds: number) => act(() => world.pass(milliseconds));

beforeEach(() => {
  world = new VirtualEnvironment();
  page = document.body.appendChild(document.createElement("div"));
  const storage = openStorage(() => {
    throw new Error("no storage");
  });
  storage.write("details", { email: "ann@example.com" });
  const services = { environment: world, storage } as unknown as PageServices;
  act(() =>
    render(
      <PageServicesContext.Provider value={services}>
        <SignInStep message="" onSignedIn={() => {}} />
      </PageServicesContext.Provider>,
      page,
    ),
  );
});

async function ask(answer: Response): Promise<void> {
  await act(async () => find<HTMLFormElement>("form").requestSubmit());
  await act(async () => world.latest.answer(answer));
}

it("lets another code be sent after half a minute, and says how long that is", async () => {
  await ask(new Response('{"expires_in":600}', { status: 202 }));
  expect(find("[name=code]")).not.toBeNull();
  await pass(10_000);
  expect(sendAgain().disabled).toBe(true);
  expect(sendAgain().textContent).toBe("Send another code (in 20 s)");
  await pass(20_000);
  expect(sendAgain().disabled).toBe(false);
});

it("asks for a letter in the language of the browser, and for any letter if that is refused", async () => {
  const errors = [{ field: "language", code: "invalid_language" }];
  const body = JSON.stringify({ code: "invalid", errors });
  await ask(new Response(body, { status: 422 }));
  await act(async () => world.latest.answer(new Response("{}", { status: 202 })));
  expect(find("[name=code]")).not.toBeNull();
  const sent = world.asked.map(({ init }) => JSON.parse(String(init.body)));
  const email = "ann@example.com";
  expect(sent).toEqual([{ email, language: navigator.language }, { email }]);
});

it("says when to try again if too many codes were asked for", async () => {
  const headers = { "Retry-After": "3600" };
  await ask(new Response('{"code":"rate_limited"}', { status: 429, headers }));
  expect(find("[role=alert]").textContent).toContain("60 minutes");
  expect(find("[name=code]")).toBeNull();
});
