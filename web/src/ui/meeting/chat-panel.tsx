// The chat: text as text, never as markup; what is on its way or failed says so.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ChatLineView, FailureCode, MeetingSession } from "../../client/contract";
import { clock } from "../i18n/format";
import { SEND } from "../meeting-icons";
import { failureOf, sentenceOf } from "../parts/failure-notice";
import { Icon } from "../parts/icon";
import { LinkedText } from "../parts/linked-text";
import { roomWords } from "../room/words";
import { Panel } from "./panel";

/** services: signaling.v1.Say.text */
const LONGEST_TEXT = 2000;

export interface ChatPanelProps {
  readonly session: MeetingSession;
  /** What was begun stays when the panel is closed. */
  readonly draft: string;
  readonly toHosts: boolean;
  readonly onToHosts: (toHosts: boolean) => void;
  readonly onDraft: (text: string) => void;
  readonly onClose: () => void;
}

export function ChatPanel({ session, draft, toHosts, onDraft, onToHosts, onClose }: ChatPanelProps) {
  const w = roomWords.value;
  const lines = session.chat.value;
  const list = useRef<HTMLOListElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const [refused, setRefused] = useState<FailureCode | null>(null);
  const why = refused === "INVALID_FIELD" ? w.chat.notSendable : refused && sentenceOf(refused);
  const over = [...draft.trim()].length - LONGEST_TEXT;

  useEffect(() => {
    // On a phone that would lay its keyboard over the lines that somebody wants to read.
    if (!matchMedia("(pointer: coarse)").matches) input.current?.focus();
  }, []);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    // Who reads older lines is not torn away from them.
    if (atEnd.current || lines[lines.length - 1]?.own) element.scrollTop = element.scrollHeight;
    else setBelow(true);
  }, [lines.length]);
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    // The form below grows with what is written, and a line with what became of it: the end stays in view.
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [lines]);

  const onlyHosts = session.self.value?.role === "participant" && session.meeting.value?.rules.chatMode === "hosts";

  const send = () => {
    const text = draft.trim();
    if (!text || over > 0) return;
    onDraft("");
    setRefused(null);
    // A line that fails on its way stays in the list and says so. One that may not be sent never gets there: it stays here.
    void session.say(text, onlyHosts || toHosts).catch((error: unknown) => {
      onDraft(text);
      setRefused(failureOf(error).code);
    });
    input.current?.focus();
  };

  return (
    <Panel title={w.chat.title} onClose={onClose}>
      {lines.length === 0 && <p class="panel-empty quiet">{w.chat.empty}</p>}
      <ol
        ref={list}
        class="chat-lines"
        aria-label={w.chat.lines}
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reachable by keyboard.
        tabIndex={0}
        hidden={lines.length === 0}
        onScroll={(event) => {
          const element = event.currentTarget;
          atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
          if (atEnd.current) setBelow(false);
        }}
      >
        {lines.map((line, index) => (
          <ChatLine key={line.key} line={line} session={session} follows={follows(lines[index - 1], line)} />
        ))}
      </ol>
      {below && (
        <button
          type="button"
          class="button chat-below"
          onClick={() => {
            if (list.current) list.current.scrollTop = list.current.scrollHeight;
          }}
        >
          {w.chat.newBelow}
        </button>
      )}
      <form
        class="chat-form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {onlyHosts ? (
          <p class="chat-to">{w.chat.onlyHostsNow}</p>
        ) : (
          <label class="chat-to">
            {w.chat.to}
            <select
              value={toHosts ? "hosts" : "all"}
              onChange={(event) => onToHosts(event.currentTarget.value === "hosts")}
            >
              <option value="all">{w.chat.toAll}</option>
              <option value="hosts">{w.chat.toHosts}</option>
            </select>
          </label>
        )}
        <label class="unseen" for="chat-message">
          {w.chat.message}
        </label>
        <textarea
          ref={input}
          id="chat-message"
          rows={2}
          placeholder={w.chat.message}
          value={draft}
          enterkeyhint="send"
          aria-invalid={over > 0 || refused ? "true" : undefined}
          aria-describedby="chat-hint"
          onInput={(event) => {
            onDraft(event.currentTarget.value);
            setRefused(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="button main chat-send" aria-label={w.chat.send} title={w.chat.send}>
          <Icon of={SEND} />
        </button>
        <p id="chat-hint" class={over > 0 || why ? "chat-hint wrong" : "chat-hint"} role={why ? "alert" : undefined}>
          {over > 0 ? w.chat.tooLong(over) : (why ?? w.chat.hint)}
        </p>
      </form>
    </Panel>
  );
}

/** Several lines of one person within five minutes stand under one name. */
function follows(before: ChatLineView | undefined, line: ChatLineView): boolean {
  if (before?.toHosts !== line.toHosts) return false;
  return before?.participantId === line.participantId && line.sentAt - before.sentAt < 5 * 60_000;
}

interface ChatLineProps {
  readonly line: ChatLineView;
  readonly session: MeetingSession;
  readonly follows: boolean;
}

function ChatLine({ line, session, follows: continued }: ChatLineProps) {
  const w = roomWords.value;
  return (
    <li class={`chat-line${line.own ? " own" : ""}${continued ? " continued" : ""}`}>
      {!continued && (
        <p class="chat-who">
          <strong>{line.own ? w.chat.you : line.name}</strong> <span class="quiet">{clock(line.sentAt)}</span>{" "}
          {line.toHosts && <span class="chat-only">{w.chat.onlyHosts}</span>}
        </p>
      )}
      <p class="chat-text">
        <LinkedText text={line.text} />
      </p>
      {line.state === "sending" && <p class="quiet">{w.chat.sending}</p>}
      {line.state === "failed" && (
        <div class="chat-failed" role="alert">
          <p>
            {w.chat.failed} {line.failure ? sentenceOf(line.failure.code) : ""}
          </p>
          <button
            type="button"
            class="link-button"
            onClick={() => void session.retrySay(line.key).catch(() => undefined)}
          >
            {w.chat.retry}
          </button>
        </div>
      )}
    </li>
  );
}
