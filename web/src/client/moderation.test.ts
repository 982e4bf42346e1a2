import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  HostActSchema,
  MeetingSettingsSchema,
  ModeratedSchema,
  type Reaction,
} from "../gen/sipulung/roster/v1/moderation_pb";
import type { HostAct } from "./in-charge";
import { actMessage, actOf, moderatedNotice, OPEN_RULES, REACTIONS, reactionOf, rulesOf } from "./moderation";

const ACTS: readonly HostAct[] = [
  { kind: "mute", ids: ["a", "b"] },
  { kind: "stop-camera", id: "a" },
  { kind: "stop-share", id: "a" },
  { kind: "remove", id: "a" },
  { kind: "lower-hand", id: "" },
  { kind: "spotlight", id: "a" },
  { kind: "set-role", id: "a", role: "co-host" },
  { kind: "set-role", id: "a", role: "participant" },
  { kind: "set-role", id: "a", role: "host" },
  { kind: "admit", ids: [] },
  { kind: "deny", ids: ["a"] },
  { kind: "settings", change: { locked: false, shareMode: "hosts" } },
  { kind: "settings", change: { lobby: true, unmuteForbidden: true, shareMode: "everybody", chatMode: "hosts" } },
  { kind: "end" },
];

describe("host acts", () => {
  it.each(ACTS)("go there and come back: %j", (act) => {
    const message = create(ModeratedSchema, { act: create(HostActSchema, actMessage(act)) });
    expect(actOf(message)).toEqual(act);
  });

  it("that are newer than this client are passed over", () => {
    expect(actOf(create(ModeratedSchema, {}))).toBeNull();
    expect(moderatedNotice(create(ModeratedSchema, {}), "me", () => "")).toBeNull();
  });

  it("say by whom, and whom they concern", () => {
    const moderated = create(ModeratedSchema, {
      byParticipantId: "host",
      byName: "Andi",
      act: actMessage({ kind: "mute", ids: [] }),
      affected: ["me", "budi", "gone"],
    });
    const names = (id: string) => (id === "gone" ? undefined : id.toUpperCase());
    expect(moderatedNotice(moderated, "me", names)).toMatchObject({
      by: "Andi",
      own: false,
      self: true,
      names: ["BUDI"],
    });
    expect(moderatedNotice(moderated, "host", names)).toMatchObject({ own: true, self: false });
  });
});

describe("rules", () => {
  it("are open where nothing is said", () => {
    expect(rulesOf(undefined)).toEqual(OPEN_RULES);
    expect(rulesOf(create(MeetingSettingsSchema, {}))).toEqual(OPEN_RULES);
  });
});

it("reactions have names, but those that are newer than this client", () => {
  for (const [name, number] of Object.entries(REACTIONS)) expect(reactionOf(number)).toBe(name);
  expect(reactionOf(99 as Reaction)).toBeUndefined();
});
