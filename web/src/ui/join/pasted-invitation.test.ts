import { describe, expect, it } from "vitest";
import { invitationText } from "../../client/links";
import { pastedInvitation } from "./pasted-invitation";
import { caretAfterDigits, groupDigits } from "./typed-meeting-id";

describe("a pasted invitation", () => {
  it("is the whole text that this client writes", () => {
    const text = invitationText(
      { id: "8123456789", title: "Rapat Camat", password: "padi 7: hijau" },
      { heading: "Undangan", meetingId: "ID rapat", password: "Kata sandi", link: "Tautan", when: "" },
      "https://rapat.example.go.id",
    );
    expect(pastedInvitation(text)).toEqual({ meetingId: "8123456789", password: "padi 7: hijau" });
  });

  it("is a link alone, an ID alone, or ID and password in lines", () => {
    expect(pastedInvitation("https://x.id/r/8123456789#abc%20d")).toEqual({
      meetingId: "8123456789",
      password: "abc d",
    });
    expect(pastedInvitation("812 345 6789")).toEqual({ meetingId: "8123456789", password: "" });
    expect(pastedInvitation("ID: 812-345-6789\nSandi: kopi77")).toEqual({
      meetingId: "8123456789",
      password: "kopi77",
    });
  });

  it("is not a name, a phone number of eleven digits, or another site's link", () => {
    for (const text of ["Drs. H. Andi", "08123456789", "https://example.org/a", ""])
      expect(pastedInvitation(text)).toBeNull();
  });
});

describe("a meeting ID being typed", () => {
  it("is grouped 3-3-4 and cut after ten digits", () => {
    expect(groupDigits("8")).toBe("8");
    expect(groupDigits("8123456")).toBe("812 345 6");
    expect(groupDigits("8123-456-78999")).toBe("812 345 6789");
  });

  it("keeps the caret behind its digit", () => {
    expect(caretAfterDigits("812 345 6", 0)).toBe(0);
    expect(caretAfterDigits("812 345 6", 4)).toBe(5);
    expect(caretAfterDigits("812 345 6", 7)).toBe(9);
  });
});
