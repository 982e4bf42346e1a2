// What of the node's answer only the sender can decide: how its own voice is coded (RFC 7587 section 6.1).

/** Opus with DTX and in-band FEC: silence costs 4 kbit/s instead of 40, and a lost packet can be concealed by the next. */
export function withVoiceSettings(sdp: string): string {
  const payloads = new Set([...sdp.matchAll(/^a=rtpmap:(\d+) opus\/48000/gim)].map((match) => match[1]));
  const lines: string[] = [];
  for (const line of sdp.split(/\r?\n/)) {
    const fmtp = /^a=fmtp:(\d+) (.*)$/.exec(line);
    if (fmtp?.[1] && payloads.has(fmtp[1])) {
      lines.push(`a=fmtp:${fmtp[1]} ${withParameters(fmtp[2] ?? "")}`);
      continue;
    }
    lines.push(line);
  }
  return addMissing(lines, payloads).join("\r\n");
}

const VOICE = { useinbandfec: "1", usedtx: "1" } as const;

function withParameters(list: string): string {
  const parameters = new Map(
    list
      .split(";")
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => part.split("=", 2) as [string, string]),
  );
  for (const [name, value] of Object.entries(VOICE)) parameters.set(name, value);
  return [...parameters].map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join(";");
}

/** A section whose Opus has no fmtp line gets one right after its rtpmap. */
function addMissing(lines: readonly string[], payloads: ReadonlySet<string | undefined>): string[] {
  const result: string[] = [];
  for (const [index, line] of lines.entries()) {
    result.push(line);
    const payload = /^a=rtpmap:(\d+) opus\/48000/i.exec(line)?.[1];
    if (!payload || !payloads.has(payload)) continue;
    let end = index + 1;
    while (end < lines.length && !lines[end]?.startsWith("m=")) end += 1;
    if (!lines.slice(index, end).some((other) => other.startsWith(`a=fmtp:${payload} `))) {
      result.push(`a=fmtp:${payload} ${withParameters("")}`);
    }
  }
  return result;
}
