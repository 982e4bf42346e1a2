// The host's side: my meetings, a new one, its invitation.
import { useEffect, useState } from "preact/hooks";
import type { Account, AccountSession, HostApi, HostMeeting } from "../../client/host-contract";
import type { AccountPageProps } from "../account/pages";
import { Loaded, useLoading } from "../parts/loaded";
import { preload } from "../room";
import { leaveGuarded } from "../route";
import { useServices } from "../services";
import { AttendanceView } from "./attendance-view";
import { useHostStep } from "./host-step";
import { InvitationView } from "./invitation-view";
import { MeetingForm } from "./meeting-form";
import { MeetingList } from "./meeting-list";
import { useMonthFile } from "./use-month-file";
import "../styles/attendance.css";
import "../styles/choices.css";
import "../styles/host.css";
import "../styles/paper.css";

export function HostPage({ session, account }: AccountPageProps) {
  const services = useServices();
  const api = useLoading(services.loadHostApi, [services]);
  return <Loaded of={api}>{(loaded) => <Meetings api={loaded} session={session} account={account} />}</Loaded>;
}

type View =
  | { readonly kind: "form"; readonly meeting: HostMeeting | null; readonly timeZone: string }
  | { readonly kind: "attendance"; readonly meeting: HostMeeting; readonly occurrence: number }
  | { readonly kind: "invitation"; readonly meeting: HostMeeting; readonly created: boolean };

const WIDTHS = { list: "host", form: "host narrow", attendance: "host wide", invitation: "host narrow" } as const;

interface MeetingsProps {
  readonly api: HostApi;
  readonly session: AccountSession;
  readonly account: Account;
}

function Meetings({ api, session, account }: MeetingsProps) {
  const services = useServices();
  const [view, setView, toList] = useHostStep<View>();
  /** Passwords that were shown in this page's life: nobody else keeps them in a readable form. */
  const [passwords, setPasswords] = useState<ReadonlyMap<string, string>>(new Map());
  const know = (id: string, password: string) => setPasswords(new Map(passwords).set(id, password));
  const month = useMonthFile(api);
  useEffect(() => preload(services), [services]);
  return (
    <div class={WIDTHS[view?.kind ?? "list"]}>
      {!view && (
        <MeetingList
          api={api}
          session={session}
          account={account}
          services={services}
          month={month}
          onNew={(timeZone) => setView({ kind: "form", meeting: null, timeZone })}
          onEdit={(meeting) => setView({ kind: "form", meeting, timeZone: "" })}
          onInvite={(meeting) => setView({ kind: "invitation", meeting, created: false })}
          onAttendance={(meeting, occurrence) => setView({ kind: "attendance", meeting, occurrence })}
        />
      )}
      {view?.kind === "attendance" && (
        <AttendanceView api={api} meeting={view.meeting} occurrence={view.occurrence} onDone={toList} />
      )}
      {view?.kind === "form" && (
        <MeetingForm
          api={api}
          meeting={view.meeting}
          timeZone={view.timeZone}
          onCancel={() => leaveGuarded(toList)}
          onSaved={(meeting, password) => {
            if (!password) return toList();
            know(meeting.id, password);
            setView({ kind: "invitation", meeting, created: true });
          }}
        />
      )}
      {view?.kind === "invitation" && (
        <InvitationView
          api={api}
          session={session}
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
  );
}
