import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { HostApi, HostMeeting } from "../../client/contract";
import { words } from "../i18n/language";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { PasswordField, TextField } from "../parts/field";
import { useLasting } from "../parts/time";

const LONGEST_TITLE = 120;
const PASSWORD = { shortest: 6, longest: 64 } as const;

export interface NewMeetingProps {
  readonly api: HostApi;
  readonly onCancel: () => void;
  readonly onCreated: (meeting: HostMeeting, password: string) => void;
}

export function NewMeeting({ api, onCancel, onCreated }: NewMeetingProps) {
  const w = words.value;
  const [title, setTitle] = useState("");
  const [own, setOwn] = useState(false);
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<{ title?: string; password?: string }>({});
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [working, setWorking] = useState(false);
  const slow = useLasting(working, 1000);
  const titleInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);
  const choice = useId();
  useEffect(() => titleInput.current?.focus(), []);

  const submit = async () => {
    if (working) return;
    const letters = [...title.trim()].length;
    const characters = [...password].length;
    const found = {
      ...(letters === 0
        ? { title: w.host.titleMissing }
        : letters > LONGEST_TITLE
          ? { title: w.host.titleTooLong }
          : {}),
      ...(own && (characters < PASSWORD.shortest || characters > PASSWORD.longest)
        ? { password: w.host.passwordShort }
        : {}),
    };
    setWrong(found);
    setFailed(null);
    if (found.title || found.password) {
      (found.title ? titleInput : passwordInput).current?.focus();
      return;
    }
    setWorking(true);
    try {
      const made = await api.createMeeting({ title: title.trim(), ...(own ? { password } : {}) });
      onCreated(made.meeting, made.password);
    } catch (thrown) {
      setFailed(met(thrown));
      setWorking(false);
    }
  };

  return (
    <form
      class="stack host-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>{w.host.newMeeting}</h1>
      <TextField
        label={w.host.title}
        autocomplete="off"
        enterkeyhint="done"
        value={title}
        wrong={wrong.title}
        hint={w.host.titleHint}
        inputRef={titleInput}
        onText={(text) => {
          setTitle(text);
          setWrong({ ...wrong, title: undefined });
        }}
      />
      <fieldset class="choices">
        <legend>{w.host.passwordChoice}</legend>
        <label class="choice">
          <input type="radio" name={choice} checked={!own} onChange={() => setOwn(false)} />
          <span>{w.host.generated}</span>
        </label>
        <label class="choice">
          <input type="radio" name={choice} checked={own} onChange={() => setOwn(true)} />
          <span>{w.host.own}</span>
        </label>
      </fieldset>
      {own && (
        <PasswordField
          label={w.host.password}
          autocomplete="new-password"
          value={password}
          wrong={wrong.password}
          hint={w.host.passwordShort}
          inputRef={passwordInput}
          onText={(text) => {
            setPassword(text);
            setWrong({ ...wrong, password: undefined });
          }}
        />
      )}
      {failed && <FailureNotice of={failed} />}
      <button type="submit" class="button main" aria-disabled={working ? "true" : undefined}>
        {slow ? <span class="waiting">{w.host.creating}</span> : w.host.create}
      </button>
      <button type="button" class="button plain" onClick={onCancel}>
        {w.app.cancel}
      </button>
    </form>
  );
}
