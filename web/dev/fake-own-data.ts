// What is recorded on somebody, without servers.
import type { FailureError } from "../src/client/contract";
import type {
  OwnAccess,
  OwnAct,
  OwnDataApi,
  OwnMeeting,
  OwnOfficeDay,
  OwnRecord,
  Page,
} from "../src/client/own-data-api";
import { ACCOUNT } from "./fake-account";
import { attendanceLine } from "./fake-host";
import { officeDate, officeDay } from "./fake-office";
import { NOW } from "./fake-session";
import { refuse } from "./refusing";

export class FakeOwnData implements OwnDataApi {
  /** What the next call of each method is refused with. */
  readonly refusals: Partial<Record<keyof OwnDataApi, FailureError>> = {};
  pageSize = 50;
  own: OwnRecord = {
    name: ACCOUNT.name,
    nip: "197804122005011003",
    unitPath: "Dinas Komunikasi dan Informatika › Bidang Informasi dan Komunikasi Publik",
    createdAt: NOW - 400 * 86_400_000,
    tenantName: ACCOUNT.tenantName,
    timeZone: "Asia/Makassar",
    purpose: "Pembuktian kehadiran rapat dan kehadiran pada jam kerja.",
    keptDays: 730,
    auditDays: 365,
  };
  all: readonly OwnMeeting[] = [
    {
      meetingId: "8123456789",
      title: "Rapat Koordinasi Camat",
      ownerName: "Ni Luh Ayu Kartika",
      line: attendanceLine(""),
    },
    {
      meetingId: "7391048265",
      title: "Musyawarah Perencanaan Pembangunan (Musrenbang) Kecamatan Larompong Selatan",
      ownerName: "Budi Santoso, S.STP",
      line: attendanceLine("", { firstJoin: NOW - 86_400_000, lastLeave: NOW - 82_800_000, lost: 2, reason: "left" }),
    },
    {
      meetingId: "6204918375",
      title: "",
      ownerName: "",
      line: attendanceLine("", { firstJoin: NOW - 172_800_000, lastLeave: NOW - 170_000_000, reason: "meeting-ended" }),
    },
  ];
  days: readonly OwnOfficeDay[] = [
    {
      date: officeDate("2020-03-19"),
      day: officeDay({
        status: "present",
        first: Date.parse("2020-03-19T07:52:00+08:00"),
        late: 1320,
        present: 19_680,
        inside: 19_680,
        breaks: 1,
        breakTime: 3600,
        declarations: [
          { state: "present", at: Date.parse("2020-03-19T07:52:00+08:00"), note: "Surat masuk" },
          { state: "break", at: Date.parse("2020-03-19T12:00:00+08:00"), note: "" },
        ],
        meetings: [
          {
            id: "8123456789",
            title: "Rapat Koordinasi Camat",
            first: Date.parse("2020-03-19T09:00:00+08:00"),
            last: Date.parse("2020-03-19T10:30:00+08:00"),
            presentSeconds: 5400,
          },
        ],
      }),
    },
    {
      date: officeDate("2020-03-18"),
      day: officeDay({
        status: "done",
        first: Date.parse("2020-03-18T07:28:00+08:00"),
        present: 30_600,
        inside: 30_000,
        outside: 600,
        notClosed: true,
        declarations: [
          {
            state: "present",
            at: Date.parse("2020-03-18T07:28:00+08:00"),
            note: "Menyusun laporan triwulan bersama Bagian Organisasi",
          },
        ],
      }),
    },
  ];
  looks: readonly OwnAccess[] = [
    look("Ni Luh Ayu Kartika", { kind: "meeting", title: "Rapat Koordinasi Camat" }),
    look("Hj. Rosmini Daeng Tayang", {
      kind: "office",
      title: "Dinas Komunikasi dan Informatika",
      fromDay: "2020-03-16",
      toDay: "2020-03-20",
      asFile: true,
    }),
  ];

  deeds: readonly OwnAct[] = [
    deed("session.sign_in", { bySelf: true, onSelf: true, detail: "from 10.20.30.40" }),
    deed("meeting.mute", {
      onSelf: true,
      actorName: "Ni Luh Ayu Kartika",
      meetingId: "8123456789",
      title: "Rapat Koordinasi Camat",
    }),
    deed("session.sign_in_failed", {
      onSelf: true,
      actor: "nobody",
      detail: "wrong password, from 2001:db8:85a3:8d3:1319:8a2e:370:7348",
    }),
    deed("account.update", { onSelf: true, actorName: "Hj. Rosmini Daeng Tayang", detail: "name, unit_id" }),
    deed("account.create", { onSelf: true, actor: "service", detail: "role participant" }),
  ];

  async record(): Promise<OwnRecord> {
    refuse(this, "record");
    return this.own;
  }

  async meetings(page: string): Promise<Page<OwnMeeting>> {
    refuse(this, "meetings");
    return this.#page(this.all, page);
  }

  async officeDays(page: string): Promise<Page<OwnOfficeDay>> {
    refuse(this, "officeDays");
    return this.#page(this.days, page);
  }

  async accesses(page: string): Promise<Page<OwnAccess>> {
    refuse(this, "accesses");
    return this.#page(this.looks, page);
  }

  async acts(page: string): Promise<Page<OwnAct>> {
    refuse(this, "acts");
    return this.#page(this.deeds, page);
  }

  #page<T>(all: readonly T[], page: string): Page<T> {
    const from = Number(page || 0);
    const to = from + this.pageSize;
    return { items: all.slice(from, to), next: to < all.length ? String(to) : "" };
  }
}

export function look(reader: string, more: Partial<OwnAccess> = {}): OwnAccess {
  return { at: NOW, reader, kind: "meeting", title: "", fromDay: "", toDay: "", asFile: false, ...more };
}

export function deed(action: string, more: Partial<OwnAct> = {}): OwnAct {
  return {
    at: NOW,
    action,
    bySelf: false,
    onSelf: false,
    actor: "person",
    actorName: "",
    meetingId: "",
    title: "",
    objectName: "",
    detail: "",
    ...more,
  };
}
