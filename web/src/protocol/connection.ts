// The WebSocket to signaling as one lasting connection: sockets come and go beneath it, requests and the session stay.
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type ClientMessage,
  ClientMessageSchema,
  type Opened,
  type Resumed,
  type ServerMessage,
  ServerMessageSchema,
} from "../gen/sipulung/signaling/v1/client_pb";
import { retryDelayMs } from "./backoff";
import { failed, failureFromProto, isPassing, type SessionFailure } from "./failure";
import { checkLimits } from "./limits";
import { type Outcome, RequestTable, type Waiting } from "./request-table";
import { newTrace } from "./trace-context";

export type ClientBody = NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]> & { case: string };
type AnswerBody = ServerMessage["body"];
/** The answer's message by the name of its case. */
type Answer<Case extends AnswerBody["case"]> =
  Extract<AnswerBody, { case: Case }> extends { value: infer Value } ? Value : never;

export interface SocketState {
  readonly socket: "new" | "connecting" | "up" | "waiting" | "closed";
  readonly attempt: number;
  /** performance.now() clock; 0 when no try is planned. */
  readonly nextTryAt: number;
}

export interface ConnectionHooks {
  onState(state: SocketState): void;
  /** Every message with request_id 0 but Closing. */
  onEvent(body: AnswerBody): void;
  onResumed(resumed: Resumed): void;
  /** The session cannot be resumed, though the person is not known to be out: open a new one with the join token. */
  onSessionLost(failure: SessionFailure): void;
  /** The server closed the session for good. Nothing follows. */
  onOver(failure: SessionFailure): void;
}

const SUBPROTOCOL = "sipulung.v1";
const MAX_MESSAGE_BYTES = 256 * 1024;
/** TCP, TLS and upgrade are five round trips: 2 s on a bad 3G. */
const CONNECT_DEADLINE_MS = 10_000;
const REQUEST_DEADLINE_MS = 15_000;
/** Carriers' NATs forget a silent TCP connection after 30 s and more. */
const PING_AFTER_MS = 20_000;
const DEAD_AFTER_MS = 10_000;
const RESUME_OVER: ReadonlySet<string> = new Set([
  "REMOVED",
  "MEETING_ENDED",
  "MEETING_CANCELLED",
  "REPLACED",
  "PREVIEW_EXPIRED",
  "LOBBY_DENIED",
]);

export class SignalingConnection {
  readonly #table = new RequestTable<ClientBody>();
  #socket: WebSocket | null = null;
  /** Requests may be sent: the socket is open and the session, if there is one, resumed on it. */
  #ready = false;
  #closed = false;
  #attempt = 0;
  #session: { id: string; token: string } | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #connectTimer: ReturnType<typeof setTimeout> | undefined;
  #aliveTimer: ReturnType<typeof setTimeout> | undefined;
  #deadlineTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly hooks: ConnectionHooks,
  ) {}

  /** Starts the first socket; `open` may be called before it is up. */
  connect(): void {
    if (!this.#socket && !this.#closed) this.#openSocket();
  }

  /** The first message of a new session; the answer makes it one that resumes. Rejects as `request` does. */
  async open(open: Extract<ClientBody, { case: "open" }>["value"], traceparent: string): Promise<Opened> {
    const opened = await this.request({ case: "open", value: open } as ClientBody, "opened", { traceparent });
    this.#session = { id: opened.sessionId, token: opened.resumeToken };
    return opened;
  }

  /**
   * One request, one answer. While the socket is away the request waits, and one without an answer is sent again on the next
   * socket: every request of the protocol may be repeated. Rejects with SessionFailure: limits before anything is sent,
   * DEADLINE_EXCEEDED, or the server's error.
   */
  request<Case extends Exclude<AnswerBody["case"], undefined>>(
    body: ClientBody,
    expected: Case,
    options: { readonly traceparent?: string; readonly deadlineMs?: number } = {},
  ): Promise<Answer<Case>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw failed("WRONG_STATE", "the connection is closed");
      const traceparent = options.traceparent ?? newTrace().traceparent;
      this.#check(body);
      const settle = (outcome: Outcome) => {
        if (!outcome.ok) return reject(outcome.error);
        const answer = outcome.answer as AnswerBody;
        if (answer.case === expected) return resolve(answer.value as Answer<Case>);
        return reject(failed("MALFORMED", `${body.case} was answered by ${answer.case ?? "nothing known"}`));
      };
      const deadlineAt = performance.now() + (options.deadlineMs ?? REQUEST_DEADLINE_MS);
      const waiting = this.#table.add(body, traceparent, deadlineAt, settle);
      if (this.#ready) this.#send(waiting);
      this.#watchDeadlines();
    });
  }

  /** The network is back, or the person does not want to wait: a try at once. An open socket is asked whether it lives. */
  retryNow(): void {
    if (this.#closed) return;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#ping();
    else if (this.#retryTimer !== undefined) this.#openSocket();
  }

  /** A gap in the events: a new socket resumes, and its answer has the whole roster. */
  restart(): void {
    if (this.#socket && this.#session) this.#lostSocket(0);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#table.failAll(failed("WRONG_STATE", "the connection was closed"));
    for (const timer of [this.#retryTimer, this.#connectTimer, this.#aliveTimer, this.#deadlineTimer])
      clearTimeout(timer);
    this.#dropSocket(1000);
    this.hooks.onState({ socket: "closed", attempt: 0, nextTryAt: 0 });
  }

  #check(body: ClientBody): void {
    const message = create(ClientMessageSchema, { requestId: 0n, body });
    const chosen = message.body;
    if (!chosen.case) throw failed("MALFORMED", "a request without a body");
    const field = ClientMessageSchema.field[chosen.case as keyof typeof ClientMessageSchema.field];
    if (field?.fieldKind === "message") checkLimits(field.message, chosen.value as never, field.name);
  }

  #openSocket(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#dropSocket(1000);
    const socket = new WebSocket(this.url, SUBPROTOCOL);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#socketOpened();
    socket.onmessage = (event: MessageEvent<unknown>) => this.#received(event.data);
    socket.onclose = () => this.#lostSocket(0);
    this.#connectTimer = setTimeout(() => this.#lostSocket(0), CONNECT_DEADLINE_MS);
    this.hooks.onState({ socket: "connecting", attempt: this.#attempt, nextTryAt: 0 });
  }

  #socketOpened(): void {
    clearTimeout(this.#connectTimer);
    this.#stayAlive();
    if (!this.#session) return this.#becomeReady();
    const resume = { sessionId: this.#session.id, resumeToken: this.#session.token };
    // Beside the table: it belongs to this socket, and a new one makes a new one.
    this.#sendMessage(create(ClientMessageSchema, { requestId: RESUME_ID, body: { case: "resume", value: resume } }));
    this.#connectTimer = setTimeout(() => this.#lostSocket(0), CONNECT_DEADLINE_MS);
  }

  #becomeReady(): void {
    this.#ready = true;
    this.#attempt = 0;
    this.hooks.onState({ socket: "up", attempt: 0, nextTryAt: 0 });
    for (const waiting of this.#table.unanswered()) this.#send(waiting);
  }

  #send(waiting: Waiting<ClientBody>): void {
    const message = create(ClientMessageSchema, {
      requestId: waiting.id,
      trace: { traceparent: waiting.traceparent },
      body: waiting.body,
    });
    if (!this.#sendMessage(message)) {
      const error = failed("TOO_LARGE", `${waiting.body.case} is larger than ${MAX_MESSAGE_BYTES} bytes`);
      this.#table.settle(waiting.id, { ok: false, error });
    }
  }

  #sendMessage(message: ClientMessage): boolean {
    const bytes = toBinary(ClientMessageSchema, message);
    if (bytes.length > MAX_MESSAGE_BYTES) return false;
    this.#socket?.send(bytes as Uint8Array<ArrayBuffer>);
    return true;
  }

  #received(data: unknown): void {
    this.#stayAlive();
    if (!(data instanceof ArrayBuffer)) return;
    let message: ServerMessage;
    try {
      message = fromBinary(ServerMessageSchema, new Uint8Array(data));
    } catch (error) {
      // Bytes that are no message mean that the two ends are out of step: only a new socket helps.
      console.warn("sipulung: unreadable message from signaling", error);
      return this.#lostSocket(0);
    }
    if (message.requestId === RESUME_ID) return this.#resumeAnswered(message.body);
    if (message.requestId !== 0n) {
      const { body } = message;
      const outcome: Outcome =
        body.case === "error" ? { ok: false, error: failureFromProto(body.value) } : { ok: true, answer: body };
      this.#table.settle(message.requestId, outcome);
      return;
    }
    if (message.body.case !== "closing") return this.hooks.onEvent(message.body);
    const { error, mayResume } = message.body.value;
    const failure = error ? failureFromProto(error) : failed("SHUTTING_DOWN", "closed without a reason");
    if (mayResume) this.#lostSocket(failure.failure.retryAfterMs);
    else this.#over(failure);
  }

  #resumeAnswered(body: AnswerBody): void {
    clearTimeout(this.#connectTimer);
    if (body.case === "resumed" && this.#session) {
      this.#session.token = body.value.resumeToken;
      this.hooks.onResumed(body.value);
      return this.#becomeReady();
    }
    const failure =
      body.case === "error" ? failureFromProto(body.value) : failed("MALFORMED", "resume was not answered by resumed");
    if (RESUME_OVER.has(failure.failure.code)) return this.#over(failure);
    if (isPassing(failure.failure)) return this.#lostSocket(failure.failure.retryAfterMs);
    this.#session = null;
    this.#table.failAll(failure);
    this.#becomeReady();
    this.hooks.onSessionLost(failure);
  }

  #lostSocket(retryAfterMs: number): void {
    if (this.#closed) return;
    this.#dropSocket(1000);
    clearTimeout(this.#aliveTimer);
    clearTimeout(this.#retryTimer);
    this.#attempt += 1;
    const delay = retryDelayMs(this.#attempt, Math.random(), retryAfterMs);
    this.#retryTimer = setTimeout(() => this.#openSocket(), delay);
    this.hooks.onState({ socket: "waiting", attempt: this.#attempt, nextTryAt: performance.now() + delay });
  }

  #over(failure: SessionFailure): void {
    this.#table.failAll(failure);
    this.close();
    this.hooks.onOver(failure);
  }

  #dropSocket(code: number): void {
    this.#ready = false;
    clearTimeout(this.#connectTimer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code);
  }

  /** Something came: quiet for PING_AFTER_MS from now asks for a sign of life. */
  #stayAlive(): void {
    clearTimeout(this.#aliveTimer);
    this.#aliveTimer = setTimeout(() => this.#ping(), PING_AFTER_MS);
  }

  #ping(): void {
    clearTimeout(this.#aliveTimer);
    this.#aliveTimer = setTimeout(() => this.#lostSocket(0), DEAD_AFTER_MS);
    this.#sendMessage(create(ClientMessageSchema, { requestId: PING_ID, body: { case: "ping", value: {} } }));
  }

  #watchDeadlines(): void {
    clearTimeout(this.#deadlineTimer);
    const now = performance.now();
    const late = () =>
      this.#ready
        ? failed("DEADLINE_EXCEEDED", "no answer from signaling")
        : failed("OFFLINE", "no connection to signaling");
    const next = this.#table.expire(now, late);
    if (next !== Number.POSITIVE_INFINITY) this.#deadlineTimer = setTimeout(() => this.#watchDeadlines(), next - now);
  }
}

/** Ids of messages that no table keeps, far above any that it will reach. */
const RESUME_ID = 2n ** 53n - 1n;
const PING_ID = 2n ** 53n - 2n;
