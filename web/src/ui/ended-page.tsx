// The last page: what happened, and what to do next.
import { useEffect, useRef } from "preact/hooks";
import { megabytes } from "./i18n/format";
import { sentenceOf } from "./parts/failure-notice";
import { PageFrame } from "./parts/page-frame";
import { closeRoom, lastForm, type Room } from "./room";
import { roomWords } from "./room/words";
import { navigate } from "./route";

export function EndedPage({ room }: { readonly room: Room }) {
  const w = roomWords.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const reason = room.session.endReason.value ?? "failed";
  const failure = room.session.failure.value;
  const usage = room.session.usage.value;
  const megabytesUsed = (usage.receivedBytes + usage.sentBytes) / 1e6;
  const told = w.ended[reason];
  const over = reason === "ended" || reason === "cancelled" || reason === "removed" || reason === "denied";
  return (
    <PageFrame title={w.meeting.pageTitle(told.title)} centred>
      <div class="join ended">
        <h1 ref={heading} tabIndex={-1}>
          {told.title}
        </h1>
        <p>{reason === "failed" && failure ? sentenceOf(failure.code) : told.text}</p>
        {megabytesUsed >= 0.05 && <p class="quiet">{w.ended.used(megabytes(megabytesUsed))}</p>}
        {!over && (
          <button type="button" class="button main" onClick={closeRoom}>
            {room.from === "host" ? w.ended.host : w.ended.again}
          </button>
        )}
        {room.from === "host" && over && (
          <button type="button" class="button main" onClick={closeRoom}>
            {w.ended.host}
          </button>
        )}
        {room.from === "join" && (
          <button
            type="button"
            class={over ? "button main" : "button plain wide"}
            onClick={() => {
              lastForm.value = null;
              closeRoom();
              navigate("/");
            }}
          >
            {w.app.toStart}
          </button>
        )}
      </div>
    </PageFrame>
  );
}
