// A <video> of a stream: muted, because the session plays the sound.
import { useEffect, useRef } from "preact/hooks";

export interface PictureProps {
  readonly stream: MediaStream | null;
  readonly mirrored?: boolean;
  readonly label?: string;
  readonly hidden?: boolean;
}

export function Picture({ stream, mirrored = false, label, hidden = false }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element || element.srcObject === stream) return;
    element.srcObject = stream;
    // Some browsers ignore autoplay when the stream comes later; a refusal only means a still picture until the next touch.
    if (stream) void element.play()?.catch(() => undefined);
  }, [stream]);
  return (
    <video
      ref={video}
      class={mirrored ? "picture mirrored" : "picture"}
      muted
      autoplay
      playsInline
      disablePictureInPicture
      aria-hidden={label ? undefined : "true"}
      aria-label={label}
      hidden={hidden}
    />
  );
}
