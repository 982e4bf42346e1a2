// The attendance of a meeting as its host sees it.
import type { AttendanceLine } from "../src/client/host-contract";
import { attendanceLine, type FakeHost } from "./fake-host";
import { failure, NOW } from "./fake-session";
import { attended, click, hosting, type Scene, some } from "./stands";

const open = () => click(".meeting-card .button", 3);

const UNIT = "Dinas Komunikasi, Informatika, Statistik, dan Persandian › Bidang Informasi dan Komunikasi Publik";
const OF_ACCOUNTS: readonly AttendanceLine[] = [
  attendanceLine("Prof. Dr. Ir. H. Muhammad Syahrul Gunawan Mappasomba, S.T., M.T., Ph.D.", {
    nip: "196504122005011003",
    unit: UNIT,
  }),
  attendanceLine("Ni Luh Ayu Kartika", {
    nip: "198503152010012001",
    unit: "Sekretariat Daerah",
    lastLeave: NOW + 3_723_000,
    reason: "left",
  }),
  attendanceLine("Budi (tamu)", {
    lastLeave: NOW + 1_200_000,
    presentSeconds: 754,
    rejoins: 3,
    lost: 2,
    reason: "lost",
  }),
  attendanceLine("Kantor Desa Posi", { lastLeave: NOW + 600_000, presentSeconds: 600, reason: "removed" }),
];

const withAccounts = (host: FakeHost) => {
  attended(host);
  host.people = OF_ACCOUNTS;
};

export const ATTENDANCE_SCENES: Readonly<Record<string, Scene>> = {
  "host-attendance": hosting(attended, open),
  "host-attendance-accounts": hosting(withAccounts, open),
  "host-attendance-series": hosting((host) => {
    withAccounts(host);
    host.held = 4;
  }, open),
  "host-attendance-broken": hosting((host) => {
    withAccounts(host);
    host.intact = false;
  }, open),
  "host-attendance-deleted": hosting((host) => {
    some(host);
    host.deletion = { lastDay: "2018-03-18", at: NOW };
  }, open),
  "host-attendance-downloaded": hosting(withAccounts, async () => {
    await open();
    await click(".attendance .meeting-acts .button");
  }),
  "host-attendance-empty": hosting(some, open),
  "host-attendance-failed": hosting((host) => {
    attended(host);
    host.refusals.attendance = failure("UNAVAILABLE");
  }, open),
};
