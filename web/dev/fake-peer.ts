// An RTCPeerConnection that does nothing by itself: a test says what becomes of it.
import { vi } from "vitest";

interface FakeSender {
  track: unknown;
  readonly replaceTrack: ReturnType<typeof vi.fn<(track: unknown) => Promise<void>>>;
  parameters: { encodings: RTCRtpEncodingParameters[]; degradationPreference?: string };
  getParameters(): FakeSender["parameters"];
  readonly setParameters: ReturnType<typeof vi.fn<(parameters: FakeSender["parameters"]) => Promise<void>>>;
}

export interface FakeTransceiver {
  readonly kind: string;
  readonly direction: string;
  readonly sender: FakeSender;
  readonly receiver: { readonly track: { readonly kind: string } };
  codecs: readonly string[];
}

export class FakeChannel {
  readyState = "connecting";
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: Uint8Array[] = [];

  constructor(
    readonly label: string,
    readonly options: RTCDataChannelInit,
  ) {}

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }

  opens(): void {
    this.readyState = "open";
    this.onopen?.();
  }
}

export class FakePeer {
  static all: FakePeer[] = [];
  connectionState = "new";
  iceConnectionState = "new";
  signalingState = "stable";
  currentLocalDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  channel: FakeChannel | null = null;
  closed = false;
  rollbacks = 0;
  readonly transceivers: FakeTransceiver[] = [];
  readonly answers: string[] = [];
  #offers = 0;

  constructor(readonly options: RTCConfiguration) {
    FakePeer.all.push(this);
  }

  addTransceiver(kind: string, init: RTCRtpTransceiverInit): FakeTransceiver {
    const sender: FakeSender = {
      track: null,
      replaceTrack: vi.fn<(track: unknown) => Promise<void>>(async (track) => {
        sender.track = track;
      }),
      parameters: { encodings: structuredClone(init.sendEncodings ?? [{}]) },
      getParameters: () => structuredClone(sender.parameters),
      setParameters: vi.fn<(parameters: FakeSender["parameters"]) => Promise<void>>(async (parameters) => {
        sender.parameters = parameters;
      }),
    };
    const transceiver = {
      kind,
      direction: init.direction ?? "sendrecv",
      sender,
      receiver: { track: { kind } },
      codecs: [] as readonly string[],
      setCodecPreferences(codecs: readonly { mimeType: string }[]) {
        transceiver.codecs = codecs.map(({ mimeType }) => mimeType);
      },
    };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  createDataChannel(label: string, options: RTCDataChannelInit): FakeChannel {
    this.channel = new FakeChannel(label, options);
    return this.channel;
  }

  async createOffer({ iceRestart = false }: RTCOfferOptions): Promise<RTCSessionDescriptionInit> {
    this.#offers += 1;
    return { type: "offer", sdp: `offer ${this.#offers}${iceRestart ? " restart" : ""}` };
  }

  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    if (description.type === "rollback") {
      this.rollbacks += 1;
      this.signalingState = "stable";
    } else {
      this.signalingState = "have-local-offer";
    }
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.signalingState = "stable";
    this.currentLocalDescription = { sdp: "accepted" };
    this.answers.push(description.sdp ?? "");
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map();
  }

  close(): void {
    this.closed = true;
  }

  becomes(connectionState: string, iceConnectionState: string = connectionState): void {
    this.connectionState = connectionState;
    this.iceConnectionState = iceConnectionState;
    this.oniceconnectionstatechange?.();
    this.onconnectionstatechange?.();
  }
}

const CODECS: Readonly<Record<string, readonly string[]>> = {
  audio: ["audio/opus", "audio/G722"],
  video: ["video/VP8", "video/rtx", "video/VP9", "video/H264", "video/AV1"],
};

const capabilities = (kind: string) => ({
  codecs: (CODECS[kind] ?? []).map((mimeType) => ({ mimeType, clockRate: 90_000, sdpFmtpLine: "" })),
});

/** In place of the browser's own, until the test is over. */
export function installFakePeers(): void {
  FakePeer.all = [];
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("RTCPeerConnection", FakePeer);
  vi.stubGlobal("RTCRtpSender", { getCapabilities: capabilities });
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: capabilities });
}

export function peer(index: number): FakePeer {
  const found = FakePeer.all[index];
  if (!found) throw new Error(`there is no connection ${index}`);
  return found;
}
