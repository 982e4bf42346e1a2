// The first page: name, ID, password, Lanjut.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Failure, JoinForm } from "../../client/contract";
import { formatMeetingId, meetingIdOf } from "../../client/links";
import { isPassing } from "../../protocol/failure";
import { SIGN_IN_PATH } from "../account/pages";
import { language, words } from "../i18n/language";
import { FailureNotice, failureOf, type MetFailure, metNow } from "../parts/failure-notice";
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
import { ToCalendar } from "./to-calendar";
import { digitsOf, groupDigits } from "./typed-meeting-id";

const LONGEST_NAME = 64;

type Wrong = Partial<Record<"name" | "meetingId" | "password", string>>;

/** For a meeting that is not open yet, with what was typed when that was said. */
interface Waiting {
  readonly form: JoinForm;
  readonly of: MetFailure;
  readonly trouble: MetFailure | null;
}

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
  /** What was typed when it was said that the meeting was called off. */
  const [calledOff, setCalledOff] = useState<JoinForm | null>(null);
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [working, setWorking] = useState(false);
  const slow = useLasting(working, 1000);
  const verySlow = useLasting(working, 8000);
  const wait = useSecondsUntil(failed?.retryAt ?? 0);
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
  // For another meeting one does not wait here; and an ID that is typed halfway is nothing to ask for.
  useEffect(() => setWaiting(null), [meetingId, password]);

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

  const asAccount = async (form: JoinForm): Promise<JoinForm> => {
    const accessToken = account ? await ownToken(services) : "";
    return accessToken ? { ...form, accessToken } : form;
  };
  const calendarOf = async (form: JoinForm, suffix = "") => {
    const file = await (await services.loadCalendar())(await asAccount(form), language.value);
    return { file, name: `rapat-${form.meetingId}${suffix}.ics` };
  };
  const typed = (): JoinForm => ({ name: name.trim(), meetingId: meetingIdOf(meetingId), password });

  /** `before`: what was waited for until this try. */
  const refuse = (refusal: Failure, form: JoinForm, before: Waiting | null) => {
    const failure = metNow(refusal);
    const { code, opensAt } = failure.failure;
    if (code === "MEETING_NOT_OPEN" && opensAt) return setWaiting({ form, of: failure, trouble: null });
    if (before && isPassing(failure.failure)) return setWaiting({ ...before, trouble: failure });
    setWaiting(null);
    setFailed(failure);
    setCalledOff(code === "MEETING_CANCELLED" ? form : null);
    if (code === "WRONG_ID_OR_PASSWORD") setInvited(false);
    const field = failure.failure.field.split(".").pop();
    if (code === "INVALID_FIELD" && field) {
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
    setWaiting(null);
    const form = typed();
    remember("device", "name", form.name);
    try {
      await openRoom(services, await asAccount(form), "join");
    } catch (thrown) {
      refuse(failureOf(thrown), form, waiting);
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
          {waiting ? (
            <NotOpen
              of={waiting.of}
              trouble={waiting.trouble}
              look={async (signal) => (await services.loadWhetherOpen())(await asAccount(waiting.form), signal)}
              onOpen={() => void submitNow.current()}
              onRefused={(failure) => {
                const same = failure.code === "MEETING_NOT_OPEN" && failure.opensAt === waiting.of.failure.opensAt;
                if (!same || waiting.trouble) refuse(failure, waiting.form, null);
              }}
              onStop={() => setWaiting(null)}
              calendar={() => calendarOf(waiting.form)}
            />
          ) : (
            failed && <FailureNotice of={failed} />
          )}
          {failed && calledOff && (
            // Who put it into a calendar is reminded of it until a newer file says that it was called off.
            <ToCalendar
              label={w.join.outOfCalendar}
              saved={w.join.outSaved}
              refusals={{ WRONG_STATE: w.join.notInCalendar }}
              calendar={() => calendarOf(calledOff, "-batal")}
            />
          )}
          <p class="join-status" role="status" hidden={failed !== null || waiting !== null}>
            {slow && <span class="waiting">{verySlow ? w.join.workingLong : w.join.working}</span>}
          </p>
        </form>
      </div>
    </PageFrame>
  );
}
