import { describe, expect, it } from "vitest";
import { type FieldFault, faultIn, faultNow } from "./customerFields";

const rules = {
  name: { required: true, max_length: 200 },
  email: { required: true, max_length: 254 },
  phone: { required: false, max_length: 40 },
};

describe("without the server it is clear", () => {
  it.each([
    ["name", "", "required"],
    ["name", "  ", "required"],
    ["name", "n".repeat(201), "too_long"],
    ["name", "🎈".repeat(200), null],
    ["email", "", "required"],
    ["email", "ann@", "invalid_email"],
    ["email", "ann@example", "invalid_email"],
    ["email", " ann@example.com ", null],
    ["email", "john.o'shean+x@münchen.berlin", null],
    ["email", `${"a".repeat(250)}@b.de`, "too_long"],
    ["phone", "", null],
    ["phone", "+", "invalid_phone"],
    ["phone", "abc", "invalid_phone"],
    ["phone", "0493812345", null],
    ["phone", "+44 (0)20 7946 0018", null],
    ["phone", "+1 555 123 4567 ext. 9", null],
    ["phone", "٠٤٩٣٨١٢٣٤٥", null],
    ["phone", "1".repeat(41), "too_long"],
  ] as const)("whether the %s %j can be taken", (field, text, fault) => {
    expect(faultIn(field, text, rules)).toBe(fault);
  });
});

describe("a fault that was shown", () => {
  const found: FieldFault[] = [{ field: "email", code: "invalid_email", text: "ann@xn--" }];

  it("is gone as soon as the field may be right, and back when it can't be", () => {
    expect(faultNow(found, "email", "ann@xn--", rules)).toBe("invalid_email");
    expect(faultNow(found, "email", "ann@example.com", rules)).toBeNull();
    expect(faultNow(found, "email", "", rules)).toBe("required");
  });

  it("says nothing of another field that nobody has tried yet", () => {
    expect(faultNow(found, "name", "", rules)).toBeNull();
  });
});
