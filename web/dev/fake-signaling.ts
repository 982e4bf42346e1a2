// Signaling's end of the WebSocket in a test: it checks every request against the limits, and answers as it is told.
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { vi } from "vitest";
import {
  type ClientMessage,
  ClientMessageSchema,
  ServerMessageSchema,
} from "../src/gen/sipulung/signaling/v1/client_pb";
import { checkLimits } from "../src/protocol/limits";

type Body = NonNullable<MessageInitShape<typeof ServerMessageSchema>["body"]>;
type Answers = Partial<Record<string, (value: unknown) => Body | null>>;

export class FakeSignaling {
  readonly sockets: FakeSocket[] = [];
  readonly requests: ClientMessage[] = [];
  /** By the case of the request; null leaves it without an answer, and so does a case that is not here. */
  readonly answers: Answers = {};

  constructor() {
    const sockets = this.sockets;
    const fake = this;
    vi.stubGlobal(
      "WebSocket",
      class extends FakeSocket {
        static readonly OPEN = 1;
        constructor(url: string) {
          super(url, fake);
          sockets.push(this);
        }
      },
    );
  }

  get last(): FakeSocket {
    const socket = this.sockets[this.sockets.length - 1];
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }

  cases(): string[] {
    return this.requests.map(({ body }) => body.case ?? "");
  }

  /** An event: request_id 0. */
  tell(body: Body): void {
    this.last.says({ requestId: 0n, body });
  }
}

class FakeSocket {
  readyState = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(
    readonly url: string,
    private readonly signaling: FakeSignaling,
  ) {
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(bytes: Uint8Array): void {
    const message = fromBinary(ClientMessageSchema, bytes);
    checkLimits(ClientMessageSchema, message);
    this.signaling.requests.push(message);
    const body = this.signaling.answers[message.body.case ?? ""]?.(message.body.value);
    if (body) queueMicrotask(() => this.says({ requestId: message.requestId, body }));
  }

  close(): void {
    this.readyState = 3;
  }

  breaks(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  says(message: MessageInitShape<typeof ServerMessageSchema>): void {
    const bytes = toBinary(ServerMessageSchema, create(ServerMessageSchema, message));
    this.onmessage?.({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
  }
}
