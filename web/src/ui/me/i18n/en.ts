// The texts of the page "My data" in English.
import type { Texts } from "../../i18n/id";
import type { id } from "./id";

export const en: Texts<typeof id> = {
  title: "My data",
  intro:
    "This page shows your account and the attendance that is recorded on you, who looked at it, what it is for, and until when it is kept (law 27/2022 on personal data).",
  loading: "Loading your data…",
  print: "Print all",
  preparing: "Loading all records…",
  account: {
    title: "Your account",
    name: "Name",
    user: "User name",
    nip: "NIP",
    role: "Role",
    unit: "Unit",
    tenant: "Tenant",
    since: "Account made",
    none: "None",
    roles: {
      participant: "Participant",
      host: "Host",
      "head-of-unit": "Head of unit",
      "tenant-admin": "Tenant admin",
      "province-operator": "Province operator",
    },
    wrong: "Is something wrong? Ask the administrator of your tenant to correct it.",
  },
  purpose: {
    title: "What for, and until when",
    unsaid: "Your tenant has not said what the records are for. Ask the administrator of your tenant.",
    kept: (days) =>
      `Every record of your attendance, and of who looked at it, is kept for ${days} days and then deleted automatically.`,
    written:
      "What you type into “What you are working on” in Office presence is recorded. Whoever sees your office presence sees it.",
    not: "Not recorded: pictures, sound, what is on your screen, chat, what else you type in a meeting, or any score.",
    seenMeeting:
      "Attendance of a meeting is seen by the meeting's owner, the head of the owner's unit and of those above it, and the tenant's admins.",
    seenOffice: "Office presence is seen by the heads of your unit and of those above it, and the tenant's admins.",
    audit:
      "Not on this page: the audit log. It has, among others, when you signed in and from which network address (IP), what you did as a host or admin, and whose attendance you looked at. The audit log is not deleted. Ask the administrator of your tenant what it says.",
  },
  meetings: {
    title: "Attendance of meetings",
    empty: "You have not been in a meeting with this account yet.",
    meeting: "Meeting",
    gone: (id) => `Meeting ${id} (deleted)`,
    host: (name) => `Host: ${name}`,
    firstJoin: "Came",
    lastLeave: "Left",
    present: "Present for",
    rejoins: "Joined again",
    lost: "Network lost",
    left: "How you left",
    reasons: {
      left: "Left by yourself",
      lost: "Network lost",
      removed: "Removed by the host",
      "meeting-ended": "The meeting ended",
    },
    keptUntil: "Kept until",
    still: "Still present",
    times: (count) => `${count} ${count === 1 ? "time" : "times"}`,
  },
  office: {
    title: "Office presence",
    text: "What you said in office hours, what you wrote, and the meetings that count as presence.",
    empty: "No office presence is recorded on you yet.",
    link: "Open my office presence",
  },
  accesses: {
    title: "Who looked",
    intro:
      "Looking at one's own data is not noted. Looking at the same thing again and again within an hour is noted once.",
    empty: "Nobody else has looked at your attendance yet.",
    who: "Name",
    what: "What",
    when: "When",
    kinds: {
      "": "A record on you",
      meeting: "Attendance of a meeting",
      meetings: "Attendance of many meetings",
      office: "Office presence",
    },
    days: (from, to) => (from === to ? from : `${from} to ${to}`),
    asFile: "downloaded as a file",
  },
  more: "Show older ones",
};
