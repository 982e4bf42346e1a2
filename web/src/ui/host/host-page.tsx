// The host's side: sign in, my meetings, a new one, its invitation.
import { useEffect, useState } from "preact/hooks";
import type { Account, HostApi, HostMeeting } from "../../client/contract";
import { words } from "../i18n/language";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { PageFrame } from "../parts/page-frame";
import { useLasting } from "../parts/time";
import { preload } from "../room";
import { type Services, useServices } from "../services";
import { AttendanceView } from "./attendance-view";
import { InvitationView } from "./invitation-view";
import { MeetingList } from "./meeting-list";
import { NewMeeting } from "./new-meeting";
import { SignIn } from "./sign-in";
import "../styles/attendance.css";
import "../styles/choices.css";
import "../styles/host.css";

export function HostPage() {
  const w = words.value;
  const services = useServices();
  const [api, setApi] = useState<HostApi | null>(null);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [attempt, setAttempt] = useState(0);
  const account = api?.account.value;
  const waiting = account === undefined && !failed;
  const slow = useLasting(waiting, 1000);
  useEffect(() => {
    let wanted = true;
    setFailed(null);
    const start = async () => {
      const loaded = await services.loadHostApi();
      if (!wanted) return;
      setApi(loaded);
      if (loaded.account.peek() === undefined) await loaded.restore();
    };
    start().catch((thrown: unknown) => wanted && setFailed(met(thrown)));
    return () => {
      wanted = false;
    };
  }, [services, attempt]);

  if (failed || account === undefined || !api) {
    return (
      <PageFrame title={w.host.pageTitle} centred>
        <h1 class="unseen">{w.host.myMeetings}</h1>
        {failed ? (
          <div class="join">
            <FailureNotice of={failed} />
            <button type="button" class="button main" onClick={() => setAttempt(attempt + 1)}>
              {w.app.tryAgain}
            </button>
          </div>
        ) : (
          <p role="status" class={slow ? "waiting" : "unseen"}>
            {w.host.restoring}
          </p>
        )}
      </PageFrame>
    );
  }
  if (account === null) return <SignIn api={api} />;
  return <Meetings api={api} account={account} services={services} />;
}

type View =
  | { readonly kind: "list" }
  | { readonly kind: "new" }
  | { readonly kind: "attendance"; readonly meeting: HostMeeting }
  | { readonly kind: "invitation"; readonly meeting: HostMeeting; readonly created: boolean };

const WIDTHS = { list: "host", new: "host narrow", attendance: "host wide", invitation: "host narrow" } as const;

interface MeetingsProps {
  readonly api: HostApi;
  readonly account: Account;
  readonly services: Services;
}

function Meetings({ api, account, services }: MeetingsProps) {
  const w = words.value;
  const [view, setView] = useState<View>({ kind: "list" });
  /** Passwords that were shown in this page's life: nobody else keeps them in a readable form. */
  const [passwords, setPasswords] = useState<ReadonlyMap<string, string>>(new Map());
  const know = (id: string, password: string) => setPasswords(new Map(passwords).set(id, password));
  const toList = () => setView({ kind: "list" });
  useEffect(() => preload(services), [services]);
  return (
    <PageFrame
      title={w.host.pageTitle}
      foot={
        <button type="button" class="link-button" onClick={() => void api.signOut().catch(() => undefined)}>
          {w.host.signOut}
        </button>
      }
    >
      <div class={WIDTHS[view.kind]}>
        <p class="host-who">
          <strong>{account.name}</strong> <span class="quiet">{account.tenantName}</span>
        </p>
        {view.kind === "list" && (
          <MeetingList
            api={api}
            account={account}
            services={services}
            onNew={() => setView({ kind: "new" })}
            onInvite={(meeting) => setView({ kind: "invitation", meeting, created: false })}
            onAttendance={(meeting) => setView({ kind: "attendance", meeting })}
          />
        )}
        {view.kind === "attendance" && <AttendanceView api={api} meeting={view.meeting} onDone={toList} />}
        {view.kind === "new" && (
          <NewMeeting
            api={api}
            onCancel={toList}
            onCreated={(meeting, password) => {
              know(meeting.id, password);
              setView({ kind: "invitation", meeting, created: true });
            }}
          />
        )}
        {view.kind === "invitation" && (
          <InvitationView
            api={api}
            account={account}
            services={services}
            meeting={view.meeting}
            created={view.created}
            password={passwords.get(view.meeting.id) ?? ""}
            onPassword={(password) => know(view.meeting.id, password)}
            onDone={toList}
          />
        )}
      </div>
    </PageFrame>
  );
}
