// The shared screen: as large as there is room, and larger by pinch, double tap, buttons, wheel or keys.
import { useEffect, useRef, useState } from "preact/hooks";
import type { SlotView } from "../../client/contract";
import { FIT, MINUS, PLUS } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { Picture } from "../parts/picture";
import { roomWords } from "../room/words";
import { type Box, moved, STEP, type View, WHOLE, zoomedAt } from "./zoom";

const DOUBLE_TAP_MS = 300;
const DOUBLE_TAP_SCALE = 2.5;
const KEY_MOVE = 60;

export interface SharedScreenProps {
  readonly slot: SlotView;
  readonly name: string;
}

export function SharedScreen({ slot, name }: SharedScreenProps) {
  const w = roomWords.value;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>(WHOLE);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const lastTap = useRef({ at: 0, x: 0, y: 0 });
  const [started, setStarted] = useState(false);

  // Somebody else's screen starts whole.
  useEffect(() => {
    setView(WHOLE);
    setStarted(false);
  }, [slot.participantId]);

  const size = (): Box => ({ width: box.current?.clientWidth ?? 1, height: box.current?.clientHeight ?? 1 });
  const fromMiddle = (x: number, y: number) => {
    const place = box.current?.getBoundingClientRect();
    return place ? { x: x - place.left - place.width / 2, y: y - place.top - place.height / 2 } : { x: 0, y: 0 };
  };
  const zoom = (factor: number, x = 0, y = 0) => setView((now) => zoomedAt(now, factor, x, y, size()));
  const move = (dx: number, dy: number) => setView((now) => moved(now, dx, dy, size()));

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.current.size > 1) return;
    const before = lastTap.current;
    lastTap.current = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    const near = Math.hypot(event.clientX - before.x, event.clientY - before.y) < 30;
    if (event.timeStamp - before.at > DOUBLE_TAP_MS || !near) return;
    const at = fromMiddle(event.clientX, event.clientY);
    if (view.scale > 1) setView(WHOLE);
    else zoom(DOUBLE_TAP_SCALE, at.x, at.y);
    lastTap.current = { at: 0, x: 0, y: 0 };
  };

  const drag = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = Math.hypot(now.x - other.x, now.y - other.y);
      const wasApart = Math.hypot(before.x - other.x, before.y - other.y);
      const middle = fromMiddle((now.x + other.x) / 2, (now.y + other.y) / 2);
      if (wasApart > 0) zoom(apart / wasApart, middle.x, middle.y);
      move((now.x - before.x) / 2, (now.y - before.y) / 2);
    } else {
      move(now.x - before.x, now.y - before.y);
    }
    pointers.current.set(event.pointerId, now);
  };

  const up = (event: PointerEvent) => pointers.current.delete(event.pointerId);

  const keys = (event: KeyboardEvent) => {
    const acts: Readonly<Record<string, () => void>> = {
      "+": () => zoom(STEP),
      "=": () => zoom(STEP),
      "-": () => zoom(1 / STEP),
      "−": () => zoom(1 / STEP),
      "0": () => setView(WHOLE),
      ArrowLeft: () => move(KEY_MOVE, 0),
      ArrowRight: () => move(-KEY_MOVE, 0),
      ArrowUp: () => move(0, KEY_MOVE),
      ArrowDown: () => move(0, -KEY_MOVE),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  const title = w.meeting.screenOf(name);
  return (
    <section class="screen" aria-label={title} onKeyDown={keys}>
      {/* biome-ignore lint/a11y/useSemanticElements: a picture that is moved is no group of form fields. */}
      <div
        ref={box}
        class={view.scale > 1 ? "screen-box zoomed" : "screen-box"}
        role="group"
        aria-label={title}
        aria-description={w.meeting.screenHelp}
        onPointerDown={down}
        onPointerMove={drag}
        onPointerUp={up}
        onPointerCancel={up}
        onWheel={(event) => {
          if (!event.ctrlKey) return;
          event.preventDefault();
          const at = fromMiddle(event.clientX, event.clientY);
          zoom(event.deltaY < 0 ? STEP : 1 / STEP, at.x, at.y);
        }}
      >
        <div
          class="screen-view"
          style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
          onPlayingCapture={() => setStarted(true)}
        >
          <Picture stream={slot.stream} />
        </div>
        {slot.paused ? (
          <p class="screen-words">{w.meeting.paused[slot.paused]}</p>
        ) : started ? null : (
          <p class="screen-words">{w.meeting.screenWaiting(name)}</p>
        )}
      </div>
      <div class="screen-tools">
        <span class="screen-title">{title}</span>
        <button
          type="button"
          class="stage-button"
          aria-label={w.meeting.zoomOut}
          title={w.meeting.zoomOut}
          onClick={() => zoom(1 / STEP)}
        >
          <Icon of={MINUS} />
        </button>
        <button
          type="button"
          class="stage-button wide"
          aria-label={`${w.meeting.zoomReset}: ${w.meeting.zoomNow(Math.round(view.scale * 100))}`}
          title={w.meeting.zoomReset}
          onClick={() => setView(WHOLE)}
        >
          <Icon of={FIT} small />
          {w.meeting.zoomNow(Math.round(view.scale * 100))}
        </button>
        <button
          type="button"
          class="stage-button"
          aria-label={w.meeting.zoomIn}
          title={w.meeting.zoomIn}
          onClick={() => zoom(STEP)}
        >
          <Icon of={PLUS} />
        </button>
      </div>
    </section>
  );
}
