import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ErrorCode } from "../gen/sipulung/common/v1/common_pb";
import { ClientMessageSchema, ServerMessageSchema } from "../gen/sipulung/signaling/v1/client_pb";
import { SignalingConnection } from "./connection";
import { failureOf } from "./failure";

/** The browser's own interface, driven by the test. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: Uint8Array[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  breaks(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  says(message: MessageInitShape<typeof ServerMessageSchema>): void {
    const bytes = toBinary(ServerMessageSchema, create(ServerMessageSchema, message));
    this.onmessage?.({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
  }

  requests() {
    return this.sent.map((bytes) => fromBinary(ClientMessageSchema, bytes));
  }
}

const hooks = { onState: vi.fn(), onEvent: vi.fn(), onResumed: vi.fn(), onSessionLost: vi.fn(), onOver: vi.fn() };
const socket = (index: number) => FakeSocket.all[index] as FakeSocket;

async function opened() {
  const connection = new SignalingConnection("ws://test/ws", hooks);
  connection.connect();
  socket(0).opens();
  const opening = connection.open({ joinToken: "t", offerSdp: "v=0" } as never, "00-trace");
  const request = socket(0).requests()[0];
  expect(request?.trace?.traceparent).toBe("00-trace");
  socket(0).says({
    requestId: request?.requestId ?? 0n,
    body: { case: "opened", value: { sessionId: "s", resumeToken: "r1" } },
  });
  await opening;
  return connection;
}

/** Breaks the socket and lets the next one come up; returns its Resume. */
function reconnects(index: number) {
  socket(index).breaks();
  vi.advanceTimersByTime(10_000);
  socket(index + 1).opens();
  const [resume] = socket(index + 1).requests();
  return { requestId: resume?.requestId ?? 0n, body: resume?.body };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  for (const hook of Object.values(hooks)) hook.mockClear();
});
afterEach(() => vi.useRealTimers());

describe("the connection to signaling", () => {
  it("resumes first, then sends again what had no answer", async () => {
    const connection = await opened();
    const said = connection.request({ case: "say", value: { text: "halo" } }, "done");
    const resume = reconnects(0);
    expect(resume.body).toMatchObject({ case: "resume", value: { sessionId: "s", resumeToken: "r1" } });
    expect(socket(1).sent).toHaveLength(1);
    socket(1).says({ requestId: resume.requestId, body: { case: "resumed", value: { resumeToken: "r2" } } });
    const again = socket(1).requests()[1];
    expect(again?.body.case).toBe("say");
    socket(1).says({ requestId: again?.requestId ?? 0n, body: { case: "done", value: {} } });
    await said;
    expect(reconnects(1).body).toMatchObject({ value: { resumeToken: "r2" } });
  });

  it("tries again when resuming fails for now, and asks for a new session when it is unknown", async () => {
    const connection = await opened();
    const now = reconnects(0);
    socket(1).says({ requestId: now.requestId, body: { case: "error", value: { code: ErrorCode.UNAVAILABLE } } });
    vi.advanceTimersByTime(10_000);
    expect(FakeSocket.all).toHaveLength(3);
    socket(2).opens();
    const raised = connection.request({ case: "raiseHand", value: { raised: true } }, "done");
    const lost = raised.catch(failureOf);
    const requestId = socket(2).requests()[0]?.requestId ?? 0n;
    socket(2).says({ requestId, body: { case: "error", value: { code: ErrorCode.SESSION_GONE } } });
    expect(hooks.onSessionLost).toHaveBeenCalledOnce();
    expect(await lost).toMatchObject({ code: "SESSION_GONE" });
  });

  it("ends for good when the server says so, and not otherwise", async () => {
    await opened();
    socket(0).says({ body: { case: "closing", value: { mayResume: true, error: { code: ErrorCode.SHUTTING_DOWN } } } });
    expect(hooks.onOver).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    socket(1).opens();
    socket(1).says({ body: { case: "closing", value: { error: { code: ErrorCode.REMOVED } } } });
    expect(hooks.onOver.mock.calls[0]?.[0].failure.code).toBe("REMOVED");
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("notices a silent socket by a ping without an answer", async () => {
    await opened();
    vi.advanceTimersByTime(20_000);
    expect(socket(0).requests().at(-1)?.body.case).toBe("ping");
    vi.advanceTimersByTime(10_000);
    expect(hooks.onState).toHaveBeenLastCalledWith(expect.objectContaining({ socket: "waiting", attempt: 1 }));
  });

  it("refuses a request over its limits without sending it", async () => {
    const connection = await opened();
    const failure = await connection.request({ case: "say", value: { text: "" } }, "done").catch(failureOf);
    expect(failure).toMatchObject({ code: "INVALID_FIELD", field: "say.text" });
    expect(socket(0).sent).toHaveLength(1);
  });

  it("gives up a request at its deadline, and says whether the network was there", async () => {
    const connection = await opened();
    const late = connection.request({ case: "leave", value: {} }, "done", { deadlineMs: 1000 }).catch(failureOf);
    vi.advanceTimersByTime(1001);
    expect(await late).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    socket(0).breaks();
    const away = connection.request({ case: "leave", value: {} }, "done", { deadlineMs: 100 }).catch(failureOf);
    vi.advanceTimersByTime(101);
    expect(await away).toMatchObject({ code: "OFFLINE" });
  });
});
