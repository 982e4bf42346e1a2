// W3C Trace Context (https://www.w3.org/TR/trace-context/): one trace spans a join, from the click to the first picture.

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  /** The header's value, version 00, sampled. */
  readonly traceparent: string;
}

/** A new trace with the browser's root span. An id of zeros only is invalid and so drawn again. */
export function newTrace(
  fill: (bytes: Uint8Array<ArrayBuffer>) => unknown = (b) => crypto.getRandomValues(b),
): TraceParent {
  const traceId = randomHex(16, fill);
  const spanId = randomHex(8, fill);
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

function randomHex(length: number, fill: (bytes: Uint8Array<ArrayBuffer>) => unknown): string {
  const bytes = new Uint8Array(length);
  do fill(bytes);
  while (bytes.every((byte) => byte === 0));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
