import { useRef, useState } from "preact/hooks";
import type { HostApi } from "../../client/contract";
import { words } from "../i18n/language";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { PasswordField, TextField } from "../parts/field";
import { PageFrame } from "../parts/page-frame";
import { useLasting, useSecondsUntil } from "../parts/time";
import { navigate } from "../route";

export function SignIn({ api }: { readonly api: HostApi }) {
  const w = words.value;
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<{ user?: string; password?: string }>({});
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [working, setWorking] = useState(false);
  const slow = useLasting(working, 1000);
  const wait = useSecondsUntil(failed?.retryAt ?? 0);
  const userInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);

  const submit = async () => {
    if (working || wait > 0) return;
    const found = {
      ...(user.trim() ? {} : { user: w.host.userMissing }),
      ...(password ? {} : { password: w.host.passwordMissing }),
    };
    setWrong(found);
    setFailed(null);
    if (found.user || found.password) {
      (found.user ? userInput : passwordInput).current?.focus();
      return;
    }
    setWorking(true);
    try {
      await api.signIn(user.trim(), password);
    } catch (thrown) {
      setFailed(met(thrown));
      setWorking(false);
    }
  };

  return (
    <PageFrame
      title={w.host.pageTitle}
      centred
      foot={
        <a
          class="foot-link"
          href="/"
          onClick={(event) => {
            event.preventDefault();
            navigate("/");
          }}
        >
          {w.host.asGuest}
        </a>
      }
    >
      <div class="join">
        <h1>{w.host.signInTitle}</h1>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextField
            label={w.host.user}
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            enterkeyhint="next"
            value={user}
            wrong={wrong.user}
            inputRef={userInput}
            onText={(text) => {
              setUser(text);
              setWrong({});
            }}
          />
          <PasswordField
            label={w.host.password}
            name="password"
            autocomplete="current-password"
            enterkeyhint="go"
            value={password}
            wrong={wrong.password}
            inputRef={passwordInput}
            onText={(text) => {
              setPassword(text);
              setWrong({});
            }}
          />
          <button type="submit" class="button main" aria-disabled={working || wait > 0 ? "true" : undefined}>
            {w.host.signIn}
          </button>
          {failed && <FailureNotice of={failed} />}
          <p class="join-status" role="status">
            {slow ? <span class="waiting">{w.host.signingIn}</span> : w.host.forgot}
          </p>
        </form>
      </div>
    </PageFrame>
  );
}
