// A meeting room in a test: with a page, a network and servers that do what the test says.
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, vi } from "vitest";
import type { SessionNotice } from "../src/client/contract";
import { MeetingRoom } from "../src/client/meeting-room";
import { ClientToNodeSchema, NodeToClientSchema, Source } from "../src/gen/sipulung/media/v1/session_pb";
import { Presence } from "../src/gen/sipulung/roster/v1/participant_pb";
import { installFakePeers, peer } from "./fake-peer";
import { FakeSignaling } from "./fake-signaling";

export const FORM = { name: "Siti Aminah", meetingId: "8123456789", password: "padi-hijau-77" };
export const present = (participantId: string, name: string) => ({ participantId, name, presence: Presence.PRESENT });
export const SITI = present("siti", "Siti Aminah");
export const ANDI = present("andi", "Andi Baso");

class FakeStream {
  readonly #tracks: unknown[];
  constructor(tracks: unknown[] = []) {
    this.#tracks = [...tracks];
  }
  getTracks() {
    return [...this.#tracks];
  }
  getAudioTracks() {
    return this.getTracks();
  }
  addTrack(track: unknown) {
    this.#tracks.push(track);
  }
  removeTrack(track: unknown) {
    this.#tracks.splice(this.#tracks.indexOf(track), 1);
  }
}

/** The few things of a page that a meeting touches. */
function installPage(): void {
  const listen = { addEventListener: vi.fn(), removeEventListener: vi.fn() };
  vi.stubGlobal("navigator", {
    onLine: true,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Firefox/127.0",
    ...listen,
  });
  vi.stubGlobal("location", { origin: "https://rapat.example.go.id" });
  vi.stubGlobal("screen", { width: 1280, height: 720 });
  vi.stubGlobal("innerHeight", 720);
  vi.stubGlobal("devicePixelRatio", 1);
  vi.stubGlobal("document", { visibilityState: "visible", ...listen });
  vi.stubGlobal("addEventListener", listen.addEventListener);
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal(
    "Audio",
    class {
      srcObject: unknown = null;
      autoplay = false;
      async play() {}
    },
  );
}

/** Made anew before each test of the file that asks for it; time stands still in between. */
export function useRoomStand(): RoomStand {
  const stand = new RoomStand();
  beforeEach(() => stand.begin());
  afterEach(() => stand.end());
  return stand;
}

export class RoomStand {
  readonly fetched = vi.fn<typeof fetch>();
  signaling!: FakeSignaling;
  room!: MeetingRoom;
  notices: SessionNotice[] = [];

  begin(): void {
    vi.useFakeTimers();
    vi.advanceTimersByTime(1_000);
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    installFakePeers();
    installPage();
    vi.stubGlobal("fetch", this.fetched);
    this.fetched.mockReset().mockImplementation(async () =>
      Response.json({
        join_token: "token",
        participant_id: "siti",
        meeting: { meeting_id: FORM.meetingId, title: "Rapat Camat", present: 1, capacity: 100 },
      }),
    );
    this.signaling = new FakeSignaling();
    Object.assign(this.signaling.answers, {
      open: () => ({
        case: "opened",
        value: {
          sessionId: "session",
          resumeToken: "r1",
          answerSdp: "v=0",
          participantId: "siti",
          present: 1,
          mediaSessionId: "m1",
        },
      }),
      enter: () => ({
        case: "entered",
        value: {
          participant: SITI,
          snapshot: {
            sequence: 5n,
            meeting: { meetingId: FORM.meetingId, title: "Rapat Camat", capacity: 100 },
            participants: [SITI, ANDI],
          },
          assignments: { slots: [{ slot: 1, participantId: "andi", source: Source.CAMERA }] },
          mediaStates: {
            whole: true,
            states: [{ participantId: "andi", publish: { microphone: true, camera: true } }],
          },
          speakers: { participantIds: ["andi"] },
        },
      }),
      resume: () => ({
        case: "resumed",
        value: { resumeToken: "r2", snapshot: { sequence: 9n, participants: [SITI] } },
      }),
      reconnect: () => ({ case: "reconnected", value: { answerSdp: "v=0", mediaSessionId: "m2" } }),
      negotiate: () => ({ case: "negotiated", value: { answerSdp: "v=0" } }),
      ping: () => ({ case: "pong", value: {} }),
      leave: () => ({ case: "done", value: {} }),
      say: () => ({ case: "done", value: {} }),
      raiseHand: () => ({ case: "done", value: {} }),
      moderate: () => ({ case: "done", value: {} }),
      react: () => ({ case: "done", value: {} }),
      timings: () => ({ case: "done", value: {} }),
    });
    const notices: SessionNotice[] = [];
    this.notices = notices;
    this.room = new MeetingRoom();
    this.room.onNotice((notice) => notices.push(notice));
  }

  end(): void {
    this.room.dispose();
    vi.useRealTimers();
  }

  /** At the preview, with no devices. */
  prepared(): Promise<void> {
    return this.room.prepare({ ...FORM, microphone: false, camera: false });
  }

  /** With media up; in the meeting, or where the answer to Enter says. */
  async entered(): Promise<void> {
    await this.prepared();
    peer(0).becomes("connected");
    peer(0).channel?.opens();
    await this.room.enter();
  }
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

export function nodeSays(body: NonNullable<MessageInitShape<typeof NodeToClientSchema>["body"]>, from = 0): void {
  const bytes = toBinary(NodeToClientSchema, create(NodeToClientSchema, { body }));
  peer(from).channel?.onmessage?.({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
}

export const toNode = (index = 0) =>
  (peer(index).channel?.sent ?? []).map((bytes) => fromBinary(ClientToNodeSchema, bytes).body);
