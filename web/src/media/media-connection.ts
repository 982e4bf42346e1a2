// One RTCPeerConnection in the shape that the node expects: the order of its transceivers is the protocol.
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ClientToNodeSchema, type NodeToClient, NodeToClientSchema } from "../gen/sipulung/media/v1/session_pb";
import { checkLimits } from "../protocol/limits";
import { withVoiceSettings } from "./answer";
import { type CodecCapability, cameraCodecs, faceCodecs, microphoneCodecs, screenCodecs } from "./codecs";
import { cameraEncodings, layerSettings, screenEncoding } from "./encodings";
import type { TransportState } from "./repair";

export type OwnSource = "microphone" | "camera" | "screen" | "screenAudio";

export interface MediaHooks {
  onTransport(connection: MediaConnection): void;
  onChannelOpen(connection: MediaConnection): void;
  onMessage(connection: MediaConnection, body: NodeToClient["body"]): void;
}

/** Unpaired audio: speakers who are not seen. */
const FREE_AUDIO_SLOTS = 3;

export class MediaConnection {
  readonly #peer: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #senders: Record<OwnSource, RTCRtpSender>;
  readonly #video: RTCRtpReceiver[] = [];
  readonly #audio: RTCRtpReceiver[] = [];
  readonly #queues = new Map<RTCRtpSender, Promise<unknown>>();
  #closed = false;
  /** Of the node's session; set with the answer. */
  mediaSessionId = "";
  /** performance.now() of the steps of the first handshake; 0: not yet. */
  readonly reachedAt = { ice: 0, dtls: 0 };

  constructor(
    faces: number,
    private readonly hooks: MediaHooks,
  ) {
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require", iceServers: [] });
    this.#peer = peer;
    const sending = (kind: "audio" | "video", sendEncodings?: RTCRtpEncodingParameters[]) =>
      peer.addTransceiver(kind, { direction: "sendonly", ...(sendEncodings && { sendEncodings }) });
    const microphone = sending("audio");
    const camera = sending("video", cameraEncodings());
    const screen = sending("video", [screenEncoding()]);
    const screenAudio = sending("audio");
    this.#senders = {
      microphone: microphone.sender,
      camera: camera.sender,
      screen: screen.sender,
      screenAudio: screenAudio.sender,
    };
    const audioCodecs = microphoneCodecs(capabilities("send", "audio"));
    prefer(microphone, audioCodecs);
    prefer(screenAudio, audioCodecs);
    prefer(camera, cameraCodecs(capabilities("send", "video")));
    prefer(screen, screenCodecs(capabilities("send", "video")));
    this.#channel = peer.createDataChannel("session", { negotiated: true, id: 0 });
    this.#channel.binaryType = "arraybuffer";
    this.#channel.onopen = () => this.hooks.onChannelOpen(this);
    this.#channel.onmessage = (event: MessageEvent<unknown>) => this.#received(event.data);
    for (let index = 0; index < FREE_AUDIO_SLOTS; index += 1) this.#addAudio();
    this.growTo(faces);
    peer.onconnectionstatechange = () => this.#changed();
    peer.oniceconnectionstatechange = () => this.#changed();
  }

  /** Slots for video: the screen and the faces. True when m-lines were added, which an offer must then tell. */
  growTo(faces: number): boolean {
    const before = this.#video.length;
    while (this.#video.length < faces + 1) {
      this.#addAudio();
      const video = this.#peer.addTransceiver("video", { direction: "recvonly" });
      const all = capabilities("receive", "video");
      prefer(video, this.#video.length === 0 ? screenCodecs(all) : faceCodecs(all));
      this.#video.push(video.receiver);
    }
    return this.#video.length > before;
  }

  /** The offer goes out before any candidate is gathered: an ICE-lite node learns the address from the first check. */
  async offer(iceRestart = false): Promise<string> {
    const description = await this.#peer.createOffer({ iceRestart });
    await this.#peer.setLocalDescription(description);
    return description.sdp ?? "";
  }

  async accept(answerSdp: string): Promise<void> {
    await this.#peer.setRemoteDescription({ type: "answer", sdp: withVoiceSettings(answerSdp) });
  }

  /** An offer that got no answer must not stand in the way of the next one. */
  async withdraw(): Promise<void> {
    if (this.#peer.signalingState === "have-local-offer" && this.#peer.currentLocalDescription) {
      await this.#peer.setLocalDescription({ type: "rollback" });
    }
  }

  get state(): TransportState {
    if (this.#closed) return "closed";
    const { connectionState, iceConnectionState } = this.#peer;
    if (connectionState === "failed" || iceConnectionState === "failed") return "failed";
    if (connectionState === "disconnected" || iceConnectionState === "disconnected") return "lost";
    if (connectionState === "connected") return "up";
    return connectionState === "connecting" ? "connecting" : "new";
  }

  get channelOpen(): boolean {
    return this.#channel.readyState === "open";
  }

  videoTrack(slot: number): MediaStreamTrack | undefined {
    return this.#video[slot]?.track;
  }

  audioTracks(): MediaStreamTrack[] {
    return this.#audio.map(({ track }) => track);
  }

  /** False: the channel is not open; what matters is sent again when it opens. */
  send(body: MessageInitShape<typeof ClientToNodeSchema>["body"]): boolean {
    if (!this.channelOpen) return false;
    const message = create(ClientToNodeSchema, { body });
    checkLimits(ClientToNodeSchema, message);
    this.#channel.send(toBinary(ClientToNodeSchema, message) as Uint8Array<ArrayBuffer>);
    return true;
  }

  /** null sends no packet at all; the m-line stays. */
  setTrack(source: OwnSource, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#senders[source];
    return this.#inTurn(sender, async () => {
      if (sender.track !== track) await sender.replaceTrack(track);
    });
  }

  setCameraLayers(wanted: number, lines: number): Promise<void> {
    return this.#parameters(this.#senders.camera, (parameters) => {
      let changed = false;
      for (const [index, setting] of layerSettings(wanted, lines).entries()) {
        const encoding = parameters.encodings[index];
        if (!encoding) continue;
        changed ||=
          encoding.active !== setting.active || encoding.scaleResolutionDownBy !== setting.scaleResolutionDownBy;
        Object.assign(encoding, setting);
      }
      return changed;
    });
  }

  setScreen(active: boolean, maxFramerate: number): Promise<void> {
    return this.#parameters(this.#senders.screen, (parameters) => {
      const encoding = parameters.encodings[0];
      if (!encoding) return false;
      const keeps = parameters as RTCRtpSendParameters & { degradationPreference?: string };
      const same = encoding.active === active && encoding.maxFramerate === maxFramerate;
      if (same && keeps.degradationPreference === "maintain-resolution") return false;
      keeps.degradationPreference = "maintain-resolution";
      Object.assign(encoding, { active, maxFramerate });
      return true;
    });
  }

  setVoiceBitrate(maxBitrate: number): Promise<void> {
    return this.#parameters(this.#senders.microphone, (parameters) => {
      const encoding = parameters.encodings[0];
      if (!encoding || encoding.maxBitrate === maxBitrate) return false;
      encoding.maxBitrate = maxBitrate;
      return true;
    });
  }

  stats(): Promise<RTCStatsReport> {
    return this.#peer.getStats();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.onopen = this.#channel.onmessage = null;
    this.#peer.onconnectionstatechange = this.#peer.oniceconnectionstatechange = null;
    this.#peer.close();
  }

  #addAudio(): void {
    const audio = this.#peer.addTransceiver("audio", { direction: "recvonly" });
    prefer(audio, microphoneCodecs(capabilities("receive", "audio")));
    this.#audio.push(audio.receiver);
  }

  #changed(): void {
    const { iceConnectionState, connectionState } = this.#peer;
    if (!this.reachedAt.ice && (iceConnectionState === "connected" || iceConnectionState === "completed")) {
      this.reachedAt.ice = performance.now();
    }
    if (!this.reachedAt.dtls && connectionState === "connected") this.reachedAt.dtls = performance.now();
    this.hooks.onTransport(this);
  }

  #received(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    try {
      this.hooks.onMessage(this, fromBinary(NodeToClientSchema, new Uint8Array(data)).body);
    } catch (error) {
      console.warn("sipulung: unreadable message from the media node", error);
    }
  }

  /** setParameters must follow the getParameters of the same turn, and replaceTrack must not run beside it. */
  #inTurn(sender: RTCRtpSender, step: () => Promise<void>): Promise<void> {
    const turn = (this.#queues.get(sender) ?? Promise.resolve()).then(async () => {
      if (!this.#closed) await step();
    });
    const calm = turn.catch((error: unknown) => {
      if (!this.#closed) console.warn("sipulung: a sender refused its settings", error);
    });
    this.#queues.set(sender, calm);
    return calm;
  }

  #parameters(sender: RTCRtpSender, change: (parameters: RTCRtpSendParameters) => boolean): Promise<void> {
    return this.#inTurn(sender, async () => {
      const parameters = sender.getParameters();
      if (change(parameters)) await sender.setParameters(parameters);
    });
  }
}

function capabilities(side: "send" | "receive", kind: "audio" | "video"): CodecCapability[] {
  const of = side === "send" ? RTCRtpSender : RTCRtpReceiver;
  return of.getCapabilities?.(kind)?.codecs ?? [];
}

/** A browser that refuses the trimmed list offers all it has: larger, but it works. */
function prefer(transceiver: RTCRtpTransceiver, codecs: CodecCapability[]): void {
  if (codecs.length === 0 || !transceiver.setCodecPreferences) return;
  try {
    transceiver.setCodecPreferences(codecs);
  } catch (error) {
    console.warn("sipulung: codec preferences were refused", error);
  }
}
