import { useEffect } from "preact/hooks";

/** Keeps a phone's screen on while the meeting is looked at. Where the browser cannot or will not, nothing else changes. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const take = async () => {
      if (document.hidden || !("wakeLock" in navigator)) return;
      try {
        const taken = await navigator.wakeLock.request("screen");
        if (over) await taken.release();
        else lock = taken;
      } catch {
        // Refused when the battery is low: then the screen goes dark as usual.
      }
    };
    const shown = () => void take();
    void take();
    document.addEventListener("visibilitychange", shown);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", shown);
      void lock?.release().catch(() => undefined);
    };
  }, []);
}
