// All that is recorded on the person who looks at it: for them, and for paper.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import type { Account } from "../../client/host-contract";
import { formatMeetingId } from "../../client/links";
import type { OwnAccess, OwnDataApi, OwnMeeting, OwnRecord } from "../../client/own-data-api";
import { ACCOUNT_PAGES, type AccountPageProps } from "../account/pages";
import { dayIn, duration, whenIn, wholeDay } from "../i18n/format";
import { Fact } from "../parts/fact";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Loaded, useLoading } from "../parts/loaded";
import { PageLink } from "../parts/page-link";
import { useServices } from "../services";
import { OfficeDays } from "./office-days";
import { OwnActs } from "./own-acts";
import { PagedList, usePaged } from "./paged";
import { ownWords } from "./words";
import "../styles/me.css";
import "../styles/paper.css";

const DAY_MS = 86_400_000;

export function MePage({ account }: AccountPageProps) {
  const w = ownWords.value;
  const services = useServices();
  const loading = useLoading(async () => {
    const api = await services.loadOwnDataApi();
    return { api, record: await api.record() };
  }, [services]);
  return (
    <div class="me stack">
      <h1>{w.title}</h1>
      <p class="quiet">{w.intro}</p>
      <Loaded of={loading} waiting={w.loading}>
        {({ api, record }) => <Data api={api} record={record} account={account} />}
      </Loaded>
    </div>
  );
}

interface DataProps {
  readonly api: OwnDataApi;
  readonly record: OwnRecord;
  readonly account: Account;
}

function Data({ api, record, account }: DataProps) {
  const w = ownWords.value;
  const meetings = usePaged((page) => api.meetings(page), [api]);
  const days = usePaged((page) => api.officeDays(page), [api]);
  const accesses = usePaged((page) => api.accesses(page), [api]);
  const acts = usePaged((page) => api.acts(page), [api]);
  const [printing, setPrinting] = useState<"" | "loading" | "ready">("");
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const office = ACCOUNT_PAGES.find((page) => page.key === "office");
  useEffect(() => {
    if (printing !== "ready") return;
    // What was loaded for it is drawn by now.
    print();
    setPrinting("");
  }, [printing]);
  const printAll = () => {
    if (printing) return;
    setPrinting("loading");
    setFailed(null);
    Promise.all([meetings.all(), days.all(), accesses.all(), acts.all()]).then(
      () => setPrinting("ready"),
      (thrown: unknown) => {
        setPrinting("");
        setFailed(met(thrown));
      },
    );
  };
  return (
    <>
      <div class="row no-paper">
        <button type="button" class="button" aria-disabled={printing ? "true" : undefined} onClick={printAll}>
          {printing ? w.preparing : w.print}
        </button>
      </div>
      {failed && <FailureNotice of={failed} />}
      <Part title={w.account.title}>
        <dl class="facts">
          <Fact name={w.account.name} value={record.name} />
          <Fact name={w.account.user} value={account.user} />
          <Fact name={w.account.nip} value={record.nip || w.account.none} />
          <Fact name={w.account.role} value={w.account.roles[account.role]} />
          <Fact name={w.account.unit} value={record.unitPath || w.account.none} />
          <Fact name={w.account.tenant} value={record.tenantName} />
          <Fact name={w.account.since} value={dayIn(record.createdAt, record.timeZone)} />
        </dl>
        <p class="quiet">{w.account.wrong}</p>
      </Part>
      <Part title={w.purpose.title}>
        <p class="purpose">{record.purpose || w.purpose.unsaid}</p>
        <p>{w.purpose.kept(record.keptDays)}</p>
        <p>{w.purpose.written}</p>
        <p>{w.purpose.not}</p>
        <p>{w.purpose.seenMeeting}</p>
        <p>{w.purpose.seenOffice}</p>
        <p>{w.purpose.audit(record.auditDays)}</p>
      </Part>
      <Part title={w.meetings.title}>
        <PagedList of={meetings} empty={w.meetings.empty} more={w.more}>
          {(items) => <Meetings items={items} record={record} />}
        </PagedList>
      </Part>
      <Part title={w.office.title}>
        <p class="quiet">{w.office.text}</p>
        <PagedList of={days} empty={w.office.empty} more={w.more}>
          {(items) => <OfficeDays items={items} record={record} />}
        </PagedList>
        {office && (
          <p>
            <PageLink to={office.path}>{w.office.link}</PageLink>
          </p>
        )}
      </Part>
      <Part title={w.accesses.title}>
        <p class="quiet">{w.accesses.intro}</p>
        <PagedList of={accesses} empty={w.accesses.empty} more={w.more}>
          {(items) => <Accesses items={items} timeZone={record.timeZone} />}
        </PagedList>
      </Part>
      <Part title={w.acts.title}>
        <p class="quiet">{w.acts.intro}</p>
        <PagedList of={acts} empty={w.acts.empty} more={w.more}>
          {(items) => <OwnActs items={items} record={record} />}
        </PagedList>
      </Part>
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const heading = useId();
  return (
    <section class="card stack me-part" aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      {children}
    </section>
  );
}

function Meetings({ items, record }: { readonly items: readonly OwnMeeting[]; readonly record: OwnRecord }) {
  const m = ownWords.value.meetings;
  const { timeZone } = record;
  return (
    <ul class="records">
      {items.map(({ meetingId, title, ownerName, line }) => (
        <li key={`${meetingId} ${line.firstJoin}`}>
          <h3>{title || m.gone(formatMeetingId(meetingId))}</h3>
          {ownerName && <p class="quiet">{m.host(ownerName)}</p>}
          <dl class="facts">
            <Fact name={m.firstJoin} value={whenIn(line.firstJoin, timeZone)} />
            <Fact name={m.lastLeave} value={line.lastLeave ? whenIn(line.lastLeave, timeZone) : m.still} />
            <Fact name={m.present} value={duration(line.presentSeconds)} />
            {line.reason && <Fact name={m.left} value={m.reasons[line.reason]} />}
            {line.rejoins > 0 && <Fact name={m.rejoins} value={m.times(line.rejoins)} />}
            {line.lost > 0 && <Fact name={m.lost} value={m.times(line.lost)} />}
            <Fact
              name={m.keptUntil}
              value={dayIn((line.lastLeave || line.firstJoin) + record.keptDays * DAY_MS, timeZone)}
            />
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Accesses({ items, timeZone }: { readonly items: readonly OwnAccess[]; readonly timeZone: string }) {
  const a = ownWords.value.accesses;
  return (
    <ul class="records">
      {items.map((access, index) => (
        // One person may look at several things in the same moment.
        <li key={`${access.at} ${access.reader} ${index}`}>
          <h3>{access.reader}</h3>
          <p>
            {a.kinds[access.kind]}
            {access.title && `: ${access.title}`}
            {access.fromDay && ` · ${a.days(wholeDay(access.fromDay), wholeDay(access.toDay))}`}
            {access.asFile && ` · ${a.asFile}`}
          </p>
          <p class="quiet">{whenIn(access.at, timeZone)}</p>
        </li>
      ))}
    </ul>
  );
}
