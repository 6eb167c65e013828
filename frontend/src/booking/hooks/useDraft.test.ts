import { beforeEach, describe, expect, it } from "vitest";
import { openStorage } from "../../api/storage";
import { draftFrom, prefill } from "./useDraft";

describe("a link that knows who comes", () => {
  it.each([
    ["?name=Ann+Lee&email=a%2Bb@example.com", { name: "Ann Lee", email: "a+b@example.com" }],
    ["?email=a+b@example.com", { email: "a+b@example.com" }],
    ["?phone=+49301234567", { phone: "+49301234567" }],
    ["?phone=%2B49%2030%201234567", { phone: "+49 30 1234567" }],
    ["?name=&service=1&price=0&utm_source=x", {}],
  ])("%s", (search, draft) => expect(draftFrom(search)).toEqual(draft));
});

describe("the form filled in beforehand", () => {
  const storage = openStorage(() => sessionStorage);
  beforeEach(() => sessionStorage.clear());

  it("keeps what the link doesn't tell, and takes the person out of the address", () => {
    storage.write("customer", { name: "Bob", email: "bob@example.com", phone: "12345" });
    history.replaceState(null, "", "/?name=Ann&service=1&utm_source=x");
    prefill(storage);
    expect(storage.read("customer")).toEqual({
      name: "Ann",
      email: "bob@example.com",
      phone: "12345",
    });
    expect(location.search).toBe("?service=1&utm_source=x");
  });
});
