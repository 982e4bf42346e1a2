// What goes out: the tracks that exist, what the person wants sent, and what anybody watches. Applied to every connection of the set.
import { screenFrames, voiceBitrate } from "./encodings";
import type { MediaConnection, OwnSource } from "./media-connection";

export type OwnState = Readonly<Record<OwnSource, boolean>> & { readonly stopsHeard: number };

export class Publisher {
  readonly #tracks: Record<OwnSource, MediaStreamTrack | null> = {
    microphone: null,
    camera: null,
    screen: null,
    screenAudio: null,
  };
  readonly #on = { microphone: false, camera: false };
  /** Until the node has said who watches: the smallest picture. Start low, raise later. */
  #cameraLayers = 1;
  #screenWanted = true;
  #screenSound = false;
  #screenFrames = 0;
  #saving = false;
  /** Nothing leaves before the click on Gabung. */
  #admitted = false;
  /** The newest number of the node's Stopped; every state says so, or the node holds what it turned off. */
  #stopsHeard = 0;

  constructor(private readonly connections: () => Iterable<MediaConnection>) {}

  setTrack(source: OwnSource, track: MediaStreamTrack | null): void {
    this.#tracks[source] = track;
    this.#apply();
  }

  setOn(source: "microphone" | "camera", on: boolean): void {
    this.#on[source] = on;
    this.#apply();
  }

  /** The shared tab has sound at all, be it silent now. */
  setScreenSound(present: boolean): void {
    this.#screenSound = present;
  }

  admit(admitted: boolean): void {
    this.#admitted = admitted;
    this.#apply();
  }

  demand(cameraLayers: number, screen: boolean): void {
    this.#cameraLayers = cameraLayers;
    this.#screenWanted = screen;
    this.#apply();
  }

  setSaving(saving: boolean): void {
    this.#saving = saving;
    this.#apply();
  }

  setUplink(kbps: number): void {
    const frames = screenFrames(kbps, this.#screenFrames);
    if (frames === this.#screenFrames) return;
    this.#screenFrames = frames;
    if (this.#tracks.screen) this.#apply();
  }

  hearStop(number: number): void {
    this.#stopsHeard = number;
  }

  /** For Enter, Reconnect and PublishState. */
  state(): OwnState {
    return {
      microphone: this.#on.microphone && this.#tracks.microphone !== null,
      camera: this.#on.camera && this.#tracks.camera !== null,
      screen: this.#tracks.screen !== null,
      screenAudio: this.#screenSound && this.#tracks.screen !== null,
      stopsHeard: this.#stopsHeard,
    };
  }

  /** A new connection gets all that the others send. */
  applyTo(connection: MediaConnection): void {
    const sends = (source: OwnSource, on: boolean) =>
      void connection.setTrack(source, this.#admitted && on ? this.#tracks[source] : null);
    const { microphone, camera } = this.state();
    sends("microphone", microphone);
    sends("camera", camera);
    sends("screen", true);
    sends("screenAudio", true);
    const settings = this.#tracks.camera?.getSettings();
    const lines = Math.min(settings?.height ?? 0, settings?.width ?? 0);
    void connection.setCameraLayers(this.#cameraLayers, lines);
    void connection.setScreen(this.#screenWanted, this.#screenFrames || screenFrames(0, 0));
    void connection.setVoiceBitrate(voiceBitrate(this.#saving));
  }

  #apply(): void {
    for (const connection of this.connections()) this.applyTo(connection);
  }
}
