// The first page: name, ID, password, Lanjut.
import { useEffect, useRef, useState } from "preact/hooks";
import type { JoinForm } from "../../client/contract";
import { formatMeetingId, meetingIdOf } from "../../client/links";
import { SIGN_IN_PATH } from "../account/pages";
import { language, words } from "../i18n/language";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { PasswordField, TextField } from "../parts/field";
import { PageFrame } from "../parts/page-frame";
import { PageLink } from "../parts/page-link";
import { useLasting, useSecondsUntil } from "../parts/time";
import { recall, remember } from "../remembered";
import { lastForm, openRoom, preload } from "../room";
import { invitation } from "../route";
import { useServices } from "../services";
import { MeetingIdField } from "./meeting-id-field";
import { NotOpen } from "./not-open";
import { ownToken } from "./own-token";
import { pastedInvitation } from "./pasted-invitation";
import { digitsOf, groupDigits } from "./typed-meeting-id";

const LONGEST_NAME = 64;

type Wrong = Partial<Record<"name" | "meetingId" | "password", string>>;

export function JoinPage() {
  const w = words.value;
  const services = useServices();
  const link = invitation.value;
  // Who signed in on this device joins as the account, unless they say otherwise.
  const [account, setAccount] = useState(() => recall("device", "signed-in"));
  const [name, setName] = useState(() => recall("device", "name") || account);
  const [meetingId, setMeetingId] = useState(() =>
    formatMeetingId(link.meetingId || (lastForm.value?.meetingId ?? "")),
  );
  const [password, setPassword] = useState(
    () => link.password || (link.meetingId ? "" : (lastForm.value?.password ?? "")),
  );
  const [invited, setInvited] = useState(link.meetingId !== "" && link.password !== "");
  const [pasted, setPasted] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [working, setWorking] = useState(false);
  const slow = useLasting(working, 1000);
  const verySlow = useLasting(working, 8000);
  const opensLater = failed?.failure.code === "MEETING_NOT_OPEN" && Boolean(failed.failure.opensAt && failed.retryAt);
  const wait = useSecondsUntil(opensLater ? 0 : (failed?.retryAt ?? 0));
  const nameInput = useRef<HTMLInputElement>(null);
  const idInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);
  const preloaded = useRef(false);

  useEffect(() => {
    // Another invitation was opened in this tab.
    if (!link.meetingId) return;
    setMeetingId(formatMeetingId(link.meetingId));
    setPassword(link.password);
    setInvited(link.password !== "");
  }, [link]);

  const check = (): Wrong => {
    const letters = [...name.trim()].length;
    return {
      ...(letters === 0 ? { name: w.join.nameMissing } : letters > LONGEST_NAME ? { name: w.join.nameTooLong } : {}),
      ...(digitsOf(meetingId) === ""
        ? { meetingId: w.join.meetingIdMissing }
        : meetingIdOf(meetingId) === ""
          ? { meetingId: w.join.meetingIdWrong }
          : {}),
      ...(password === "" ? { password: w.join.passwordMissing } : {}),
    };
  };

  const focusOn = (found: Wrong) =>
    (found.name ? nameInput : found.meetingId ? idInput : found.password ? passwordInput : null)?.current?.focus();

  const formNow = async (): Promise<JoinForm> => {
    const accessToken = account ? await ownToken(services) : "";
    const form = { name: name.trim(), meetingId: meetingIdOf(meetingId), password };
    return accessToken ? { ...form, accessToken } : form;
  };

  const submit = async () => {
    if (working || wait > 0) return;
    const found = check();
    setWrong(found);
    setFailed(null);
    if (Object.keys(found).length > 0) {
      focusOn(found);
      return;
    }
    setWorking(true);
    remember("device", "name", name.trim());
    try {
      await openRoom(services, await formNow(), "join");
    } catch (thrown) {
      const failure = met(thrown);
      setFailed(failure);
      if (failure.failure.code === "WRONG_ID_OR_PASSWORD") setInvited(false);
      const field = failure.failure.field.split(".").pop();
      if (failure.failure.code === "INVALID_FIELD" && field) {
        const sentences: Wrong =
          field === "name"
            ? { name: w.join.nameTooLong }
            : field === "meeting_id"
              ? { meetingId: w.join.meetingIdWrong }
              : field === "password"
                ? { password: w.join.passwordMissing }
                : {};
        setWrong(sentences);
        focusOn(sentences);
      }
    } finally {
      setWorking(false);
    }
  };

  const submitNow = useRef(submit);
  submitNow.current = submit;

  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text") ?? "";
    const found = pastedInvitation(text);
    if (!found) return;
    // A password or a name may look like anything: only what is clearly an invitation is taken apart there.
    const into = event.target;
    if (into !== idInput.current && !found.password) return;
    event.preventDefault();
    setMeetingId(groupDigits(found.meetingId));
    if (found.password) setPassword(found.password);
    setPasted(found.password !== "");
    setWrong({});
    (name ? passwordInput : nameInput).current?.focus();
  };

  return (
    <PageFrame
      title={w.join.pageTitle}
      centred
      foot={
        <p>
          {!account && `${w.join.haveAccount} `}
          <PageLink class="foot-link" to={SIGN_IN_PATH}>
            {account ? w.join.ownPages : w.join.signIn}
          </PageLink>
        </p>
      }
    >
      <div class="join">
        <h1>{w.join.title}</h1>
        <form
          noValidate
          onPaste={paste}
          onFocusIn={() => {
            if (preloaded.current) return;
            preloaded.current = true;
            preload(services);
          }}
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          {invited && (
            <div class="invited">
              <span>
                {w.join.invited} <strong>{meetingId}</strong>
              </span>
              <button
                type="button"
                class="link-button"
                onClick={() => {
                  setInvited(false);
                  setMeetingId("");
                  setPassword("");
                }}
              >
                {w.join.otherMeeting}
              </button>
            </div>
          )}
          <TextField
            label={w.join.name}
            name="name"
            autocomplete="name"
            autocapitalize="words"
            enterkeyhint={invited ? "go" : "next"}
            value={name}
            wrong={wrong.name}
            inputRef={nameInput}
            onText={(text) => {
              setName(text);
              setWrong({ ...wrong, name: undefined });
            }}
          />
          {!invited && (
            <>
              <MeetingIdField
                value={meetingId}
                wrong={wrong.meetingId}
                inputRef={idInput}
                onText={(text) => {
                  setMeetingId(text);
                  setPasted(false);
                  setWrong({ ...wrong, meetingId: undefined });
                }}
              />
              <PasswordField
                label={w.join.password}
                name="meeting-password"
                autocomplete="off"
                enterkeyhint="go"
                value={password}
                wrong={wrong.password}
                hint={pasted ? w.join.pasted : undefined}
                inputRef={passwordInput}
                onText={(text) => {
                  setPassword(text);
                  setWrong({ ...wrong, password: undefined });
                }}
              />
            </>
          )}
          {account && (
            <div class="invited">
              <span>{w.join.withAccount(account)}</span>
              <button type="button" class="link-button" onClick={() => setAccount("")}>
                {w.join.withoutAccount}
              </button>
            </div>
          )}
          <button type="submit" class="button main" aria-disabled={working || wait > 0 ? "true" : undefined}>
            {w.join.next}
          </button>
          {/* Below the button, which so stays under the finger. */}
          {failed && opensLater ? (
            <NotOpen
              of={failed}
              onOpen={() => void submitNow.current()}
              onStop={() => setFailed(null)}
              calendar={async () => {
                const form = await formNow();
                const file = await (await services.loadCalendar())(form, language.value);
                return { file, name: `rapat-${form.meetingId}.ics` };
              }}
            />
          ) : (
            failed && <FailureNotice of={failed} />
          )}
          <p class="join-status" role="status" hidden={failed !== null}>
            {slow && <span class="waiting">{verySlow ? w.join.workingLong : w.join.working}</span>}
          </p>
        </form>
      </div>
    </PageFrame>
  );
}
