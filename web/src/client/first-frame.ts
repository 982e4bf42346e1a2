// When the first remote picture was really decoded: for the join's trace.

/** Calls once, at the first frame of any of the streams. Returns how to stop waiting. Browsers without frame callbacks never call. */
export function onFirstFrame(streams: readonly MediaStream[], seen: () => void): () => void {
  if (typeof HTMLVideoElement === "undefined" || !("requestVideoFrameCallback" in HTMLVideoElement.prototype)) {
    return () => undefined;
  }
  const videos = streams.map((stream) => {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    return video;
  });
  const stop = () => {
    for (const video of videos.splice(0)) video.srcObject = null;
  };
  for (const video of videos) {
    video.requestVideoFrameCallback(() => {
      if (videos.length === 0) return;
      stop();
      seen();
    });
    void video.play().catch(() => undefined);
  }
  return stop;
}
