import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ErrorCode } from "../gen/sipulung/common/v1/common_pb";
import { ClientToNodeSchema, LayoutRequestSchema } from "../gen/sipulung/media/v1/session_pb";
import { ResumeSchema, SaySchema } from "../gen/sipulung/signaling/v1/client_pb";
import { retryDelayMs } from "./backoff";
import { codeOfNumber, failed, failureFromHttp, failureOf, isPassing, SessionFailure } from "./failure";
import { checkLimits } from "./limits";
import { type Outcome, RequestTable } from "./request-table";
import { newTrace } from "./trace-context";

function fieldRefused(check: () => void): string {
  try {
    check();
  } catch (error) {
    const { code, field } = failureOf(error);
    return `${code} ${field}`;
  }
  return "accepted";
}

describe("limits from the descriptors", () => {
  const say = (text: string, clientLineId = "") =>
    fieldRefused(() => checkLimits(SaySchema, create(SaySchema, { text, clientLineId }), "say"));

  it("takes what is allowed, newlines in a multiline field included", () => {
    expect(say("Selamat pagi,\nBapak dan Ibu", "a-1")).toBe("accepted");
    expect(say("😀".repeat(2000))).toBe("accepted");
  });

  it("names the field that is wrong", () => {
    expect(say("")).toBe("INVALID_FIELD say.text");
    expect(say("   ")).toBe("INVALID_FIELD say.text");
    expect(say("a\u0007b")).toBe("INVALID_FIELD say.text");
    expect(say("😀".repeat(2001))).toBe("INVALID_FIELD say.text");
    expect(say("x", "no spaces")).toBe("INVALID_FIELD say.client_line_id");
  });

  it("matches the whole value against a pattern", () => {
    const resume = create(ResumeSchema, { sessionId: "abc\nDEF", resumeToken: "t" });
    expect(fieldRefused(() => checkLimits(ResumeSchema, resume))).toBe("INVALID_FIELD session_id");
  });

  it("looks into lists and into the chosen member of a oneof only", () => {
    const high = create(ClientToNodeSchema, {
      body: { case: "layout", value: { tiles: [{ slot: 1, height: 9000 }] } },
    });
    expect(fieldRefused(() => checkLimits(ClientToNodeSchema, high))).toBe("INVALID_FIELD layout.tiles[0].height");
    const many = create(LayoutRequestSchema, { tiles: Array.from({ length: 33 }, (_, slot) => ({ slot })) });
    expect(fieldRefused(() => checkLimits(LayoutRequestSchema, many))).toBe("INVALID_FIELD tiles");
  });
});

describe("failures", () => {
  it("knows every code of the protocol by its number", () => {
    for (const [name, number] of Object.entries(ErrorCode)) {
      if (typeof number === "number" && number !== 0) expect(codeOfNumber(number)).toBe(name);
    }
    expect(codeOfNumber(9999)).toBe("UNKNOWN");
  });

  it("reads the HTTP API's errors, and a proxy's page by its status", () => {
    const error = { code: "THROTTLED", field: "", message: "slow down", retry_after_ms: 1500 };
    expect(failureFromHttp(429, { error }).failure).toEqual({
      code: "THROTTLED",
      field: "",
      message: "slow down",
      retryAfterMs: 1500,
    });
    expect(failureFromHttp(400, { error: { code: "NEWER" } }).failure.code).toBe("UNKNOWN");
    expect(failureFromHttp(502, undefined).failure.code).toBe("UNAVAILABLE");
    expect(failureFromHttp(401, "<html>").failure.code).toBe("UNAUTHENTICATED");
  });

  it("tells what may pass by itself from what will not", () => {
    expect(isPassing(failed("UNAVAILABLE", "").failure)).toBe(true);
    expect(isPassing(failed("REMOVED", "").failure)).toBe(false);
    expect(failureOf(new RangeError("x")).code).toBe("INTERNAL");
    expect(failed("CONFLICT", "")).toBeInstanceOf(SessionFailure);
  });
});

describe("retry delay", () => {
  it("doubles up to a bound, half of it random", () => {
    expect([retryDelayMs(1, 0), retryDelayMs(1, 1)]).toEqual([150, 300]);
    expect(retryDelayMs(2, 1)).toBe(600);
    expect(retryDelayMs(50, 1)).toBe(10_000);
  });

  it("keeps what the server asks for", () => {
    expect(retryDelayMs(1, 0, 4000)).toBe(4000);
    expect(retryDelayMs(1, 1, 4000)).toBe(5000);
  });
});

describe("request table", () => {
  it("matches answers by id, once", () => {
    const table = new RequestTable<string>();
    const seen: Outcome[] = [];
    const waiting = table.add("say", "", 100, (outcome) => seen.push(outcome));
    expect(table.settle(99n, { ok: true, answer: 1 })).toBe(false);
    expect(table.settle(waiting.id, { ok: true, answer: 1 })).toBe(true);
    expect(table.settle(waiting.id, { ok: true, answer: 2 })).toBe(false);
    expect(seen).toEqual([{ ok: true, answer: 1 }]);
  });

  it("expires what is late and says when the next one will be", () => {
    const table = new RequestTable<string>();
    const late: string[] = [];
    table.add("a", "", 100, () => late.push("a"));
    table.add("b", "", 200, () => late.push("b"));
    expect(table.expire(100, () => failed("OFFLINE", ""))).toBe(200);
    expect(late).toEqual(["a"]);
    expect(table.unanswered().map(({ body }) => body)).toEqual(["b"]);
    table.failAll(failed("WRONG_STATE", ""));
    expect(table.expire(300, () => failed("OFFLINE", ""))).toBe(Number.POSITIVE_INFINITY);
  });
});

it("makes trace ids that are never all zeros", () => {
  let round = 0;
  const { traceparent } = newTrace((bytes) => bytes.fill(round++ === 0 ? 0 : 0xab));
  expect(traceparent).toBe(`00-${"ab".repeat(16)}-${"ab".repeat(8)}-01`);
});
