// Names and titles as long as they are in offices: everywhere that a name stands.
import type { ParticipantView } from "../src/client/contract";
import type { FakeSession } from "./fake-session";
import { NOW } from "./fake-session";
import { click, control, crowd, meeting, type Scene, somebody, talk, wait } from "./stands";

const LONG: readonly string[] = [
  "Kepala Dinas Komunikasi, Informatika, Statistik dan Persandian",
  "Prof. Dr. Ir. H. Muhammad Syahrul Gunawan Mappasomba, S.T., M.T., Ph.D.",
  "Sekretaris Badan Perencanaan Pembangunan Daerah",
  "Kantor-Desa-Pongsamelung-Kecamatan-Lamasi-Kabupaten-Luwu",
];
const TITLE = "Musyawarah Perencanaan Pembangunan (Musrenbang) Kecamatan Larompong Selatan Tahun Anggaran 2021";

const named = (index: number): Partial<ParticipantView> => ({
  name: LONG[index % LONG.length] ?? "",
  microphone: index % 2 === 0,
  camera: index !== 2,
  handRaisedAt: index < 2 ? NOW + index : 0,
  role: index === 0 ? "co-host" : "participant",
});
const people = (count: number) => crowd(count).map((one, index) => ({ ...one, ...named(index) }));
const titled = (session: FakeSession) => session.changeMeeting({ title: TITLE });

export const LONG_NAME_SCENES: Readonly<Record<string, Scene>> = {
  "meeting-long-names": meeting(people(4), titled),
  "meeting-long-names-people": meeting(people(12), titled, () => control(6), "host"),
  "meeting-long-names-menu": meeting(
    people(4),
    titled,
    async () => {
      await control(6);
      await click(".person-menu", 0);
      await wait(150);
    },
    "host",
  ),
  "meeting-long-names-waiting": meeting(
    people(4),
    (session) => {
      titled(session);
      session.waiting.value = LONG.map((name, index) => ({ id: `w${index}`, name, since: NOW }));
    },
    () => control(6),
    "host",
  ),
  "meeting-long-names-screen": meeting(people(4), (session) => {
    titled(session);
    session.shareOf("p0");
  }),
  "meeting-long-names-chat": meeting(
    people(4),
    (session) => {
      titled(session);
      talk(session);
      session.hear({ ...somebody(1), name: LONG[1] ?? "" }, "Izin menyampaikan, bahan sudah lengkap.", 0, true);
    },
    () => control(5),
  ),
};
