// Meetings that are to come, then those that took place; each with what can be done to it. Found by the words of their titles.
import { useState } from "preact/hooks";
import type { Account, AccountSession, HostApi, HostMeeting, PastMeeting } from "../../client/host-contract";
import { PLUS, REFRESH } from "../meeting-icons";
import { FailureNotice, type MetFailure } from "../parts/failure-notice";
import { Icon } from "../parts/icon";
import { Loaded, type Loading, useLoading } from "../parts/loaded";
import { SelectField } from "../parts/select-field";
import type { Services } from "../services";
import { useJoinAsHost } from "./join-as-host";
import { type ListFilter, useListFilter } from "./list-filter";
import { MeetingCard } from "./meeting-card";
import { MeetingQuestion, type Question } from "./meeting-questions";
import { MonthExport } from "./month-export";
import { lastMonths, monthName } from "./months";
import { PastList } from "./past-list";
import { SearchBox } from "./search-box";
import type { SearchState } from "./search-result";
import type { MonthDownload } from "./use-month-file";
import { type PastMeetings, usePastMeetings } from "./use-past-meetings";
import { hostPageWords, hostWords } from "./words";

interface Upcoming {
  readonly meetings: readonly HostMeeting[];
  readonly timeZone: string;
  /** What was looked for. */
  readonly search: string;
}

export interface MeetingListProps {
  readonly api: HostApi;
  readonly session: AccountSession;
  readonly account: Account;
  readonly services: Services;
  /** Of a month's attendance. */
  readonly month: MonthDownload;
  readonly onNew: (timeZone: string) => void;
  readonly onEdit: (meeting: HostMeeting) => void;
  readonly onInvite: (meeting: HostMeeting) => void;
  /** `occurrence` 0: the present one, or the last. */
  readonly onAttendance: (meeting: HostMeeting, occurrence: number) => void;
}

export function MeetingList(props: MeetingListProps) {
  const { api, session, account, services, month, onNew, onEdit, onInvite, onAttendance } = props;
  const w = hostPageWords.value;
  const h = hostWords.value;
  const seesOthers = account.role !== "host" && account.role !== "participant";
  const [filter, change] = useListFilter();
  const { search } = filter;
  const scope = seesOthers ? filter.scope : "own";
  const [asking, setAsking] = useState<{ readonly meeting: HostMeeting; readonly question: Question } | null>(null);
  const [round, setRound] = useState(0);
  const upcoming = useLoading<Upcoming>(
    async (signal) => ({ ...(await api.listMeetings(scope, search, signal)), search }),
    [api, scope, search, round],
  );
  const past = usePastMeetings(api, { ...filter, scope }, round);
  const join = useJoinAsHost(session, account, services);
  const timeZone = upcoming.value?.timeZone ?? "";
  const wrong = [upcoming.failed, past.first.failed].some(isOfSearch);
  const found = foundBy(filter, upcoming, past);
  return (
    <>
      <div class="host-head">
        <h1>{w.host.myMeetings}</h1>
        <button
          type="button"
          class="panel-close"
          aria-label={w.host.refresh}
          title={w.host.refresh}
          onClick={() => setRound(round + 1)}
        >
          <Icon of={REFRESH} />
        </button>
        <button type="button" class="button main" onClick={() => onNew(timeZone)}>
          <Icon of={PLUS} />
          {w.host.newMeeting}
        </button>
      </div>
      {seesOthers && (
        <SelectField
          label={h.scope}
          value={scope}
          options={[
            ["own", h.scopes.own],
            ["unit", account.role === "head-of-unit" ? h.scopes.unit : h.scopes.tenant],
          ]}
          onValue={(value) => change({ scope: value === "unit" ? "unit" : "own" })}
        />
      )}
      <SearchBox
        search={search}
        wrong={wrong}
        found={found}
        onSearch={(words) => change({ search: words })}
        onClear={() => change({ search: "", month: "" })}
      />
      {join.failed && <FailureNotice of={join.failed} />}
      {!wrong && !isNothing(upcoming, past) && (
        <>
          <section class="meetings-part" aria-labelledby="rapat-datang">
            <h2 id="rapat-datang">{h.upcoming}</h2>
            <Loaded of={upcoming} waiting={w.host.loading}>
              {({ meetings, search: words }) =>
                meetings.length === 0 && words ? (
                  <p class="quiet">{h.search.noneUpcoming}</p>
                ) : meetings.length === 0 ? (
                  <div class="host-empty">
                    <p class="host-empty-title">{h.nothingUpcoming}</p>
                    {scope === "own" && <p class="quiet">{w.host.emptyText}</p>}
                  </div>
                ) : (
                  <ul class="meetings">
                    {meetings.map((meeting) => (
                      <MeetingCard
                        key={meeting.id}
                        meeting={meeting}
                        own={meeting.ownerId === account.id}
                        stops={meeting.ownerId === account.id || isAdmin(account)}
                        others={scope === "unit"}
                        timeZone={timeZone}
                        join={join}
                        onInvite={onInvite}
                        onEdit={onEdit}
                        onAttendance={onAttendance}
                        onAsk={(question) => setAsking({ meeting, question })}
                      />
                    ))}
                  </ul>
                )
              }
            </Loaded>
          </section>
          <section class="meetings-part" aria-labelledby="rapat-lewat">
            <h2 id="rapat-lewat">{h.past}</h2>
            <MonthExport
              download={month}
              scope={scope === "own" ? "own" : account.role === "head-of-unit" ? "unit" : "tenant"}
              timeZone={timeZone}
            />
            <SelectField
              label={h.search.month}
              value={filter.month}
              options={[["", h.search.allMonths], ...monthsWith(filter.month, timeZone)]}
              onValue={(month) => change({ month })}
            />
            <PastList
              api={api}
              of={past}
              accountId={account.id}
              others={scope === "unit"}
              timeZone={timeZone}
              onAttendance={(one: PastMeeting) => onAttendance(one.meeting, one.number)}
            />
          </section>
        </>
      )}
      {asking && (
        <MeetingQuestion
          api={api}
          {...asking}
          own={asking.meeting.ownerId === account.id}
          onStale={() => setRound((now) => now + 1)}
          onClose={(done) => {
            setAsking(null);
            if (done) setRound(round + 1);
          }}
        />
      )}
    </>
  );
}

/** Whose owner is gone, an admin of the tenant ends or calls off. */
function isAdmin(account: Account): boolean {
  return account.role === "tenant-admin" || account.role === "province-operator";
}

function isOfSearch(failed: MetFailure | null): boolean {
  return failed?.failure.code === "INVALID_FIELD" && failed.failure.field === "query";
}

/** Whether what came last is that nothing was found: then there are no lists to show. */
function isNothing(upcoming: Loading<Upcoming>, past: PastMeetings): boolean {
  const coming = upcoming.value;
  const over = past.first.value;
  if (!coming?.search || !over?.of.search || upcoming.failed || past.first.failed) return false;
  return coming.meetings.length + over.past.length === 0;
}

/** Of the search that is asked for now: what came of it, once all of it has come. */
function foundBy(filter: ListFilter, upcoming: Loading<Upcoming>, past: PastMeetings): SearchState {
  const { search, month } = filter;
  if (upcoming.failed || past.first.failed) return { kind: "none" };
  const coming = upcoming.value;
  const over = past.first.value;
  const isNew = coming?.search === search && over?.of.search === search && over.of.month === month;
  if (!search) return isNothing(upcoming, past) ? { kind: "working" } : { kind: "none" };
  if (!coming || !over || !isNew || upcoming.working || past.first.working) return { kind: "working" };
  const more = over.next !== "";
  return { kind: "all", search, month, upcoming: coming.meetings.length, past: over.past.length, more };
}

/** Those to choose from, and the one in the address also when it is long ago. */
function monthsWith(chosen: string, timeZone: string): readonly (readonly [string, string])[] {
  const months = lastMonths(timeZone);
  const all = chosen && !months.includes(chosen) ? [...months, chosen] : months;
  return all.map((one) => [one, monthName(one)]);
}
