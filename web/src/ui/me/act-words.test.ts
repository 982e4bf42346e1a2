import { expect, it } from "vitest";
import { deed } from "../../../dev/fake-own-data";
import { details, sentence } from "./act-words";
import { id } from "./i18n/id";

const MEETING = { meetingId: "8123456789", title: "Apel pagi" };
const RAPAT = id.acts.meeting("Apel pagi");

it.each([
  [deed("session.sign_out", { bySelf: true, onSelf: true }), "Anda keluar dari akun"],
  [deed("account.update", { bySelf: true, onSelf: true }), "Anda mengubah akun Anda"],
  [deed("account.reset_password", { bySelf: true, objectName: "Budi" }), "Anda menyetel ulang kata sandi akun Budi"],
  [deed("account.reset_password", { onSelf: true, actorName: "Ani" }), "Kata sandi Anda disetel ulang oleh Ani"],
  [deed("account.disable", { onSelf: true }), `Akun Anda dinonaktifkan oleh ${id.acts.somebody}`],
  [deed("account.create", { onSelf: true, actor: "service" }), "Akun Anda dibuat oleh sistem"],
  [deed("meeting.mute", { ...MEETING, bySelf: true }), `Anda membisukan peserta dalam ${RAPAT}`],
  [
    deed("meeting.set_role", { ...MEETING, onSelf: true, actorName: "Ani" }),
    `Peran Anda diubah oleh Ani dalam ${RAPAT}`,
  ],
  [
    deed("meeting.take_over", { ...MEETING, onSelf: true, actor: "service" }),
    `Anda menjadi penyelenggara ${RAPAT}, karena penyelenggaranya tidak ada`,
  ],
  [
    deed("meeting.end", { meetingId: "8123456789", bySelf: true }),
    "Anda mengakhiri rapat 812 345 6789 (sudah dihapus)",
  ],
  [deed("attendance.read", { bySelf: true }), "Anda melihat data kehadiran"],
  [deed("attendance.read", { bySelf: true, objectName: "Dinas" }), "Anda melihat data kehadiran: Dinas"],
  // Newer than this page.
  [deed("robot.paint", { bySelf: true, objectName: "Dinas" }), "Tindakan Anda: robot.paint, Dinas"],
  [
    deed("robot.paint", { onSelf: true, actor: "nobody" }),
    `Tindakan oleh ${id.acts.nobody} yang menyangkut Anda: robot.paint, Anda`,
  ],
])("%#: says it in a sentence", (act, said) => {
  expect(sentence(act)).toBe(said);
});

it.each([
  ["session.sign_in", "from 10.0.0.1", ["Alamat jaringan (IP): 10.0.0.1"]],
  ["session.sign_in_failed", "wrong password, from ::1", ["Kata sandi salah", "Alamat jaringan (IP): ::1"]],
  ["session.sign_in_failed", "account disabled", ["Kata sandi benar, tetapi akun dinonaktifkan"]],
  ["session.refresh_reused", "the session was ended", []],
  ["account.update", "name, role head_of_unit", ["Yang diubah: nama", "Peran: Kepala unit kerja"]],
  ["account.create", "role emperor", ["Peran: emperor"]],
  ["account.enable", "", []],
  ["tenant.update", "office_hours, shoes", ["Yang diubah: jam kerja dan hari libur, shoes"]],
  [
    "meeting.update",
    "revision 3: title, schedule; called off 2026-11-23, 2026-11-24; takes place again 2026-11-25",
    [
      "Yang diubah: judul, jadwal",
      "Tidak diadakan pada: Senin, 23 November 2026; Selasa, 24 November 2026",
      "Diadakan lagi pada: Rabu, 25 November 2026",
    ],
  ],
  ["meeting.set_role", "co_host", ["Peran: penyelenggara pendamping"]],
  ["meeting.set_role", "king", ["Peran: king"]],
  [
    "meeting.change_settings",
    "lobby True, chat_mode CHAT_MODE_HOSTS, other 5",
    ["Yang diubah: ruang tunggu: aktif; siapa yang boleh mengobrol: hanya kepada penyelenggara; other"],
  ],
  ["poll.open", "Setuju?", ["Pertanyaan: Setuju?"]],
  ["poll.close", "Setuju? (2 votes)", ["Pertanyaan: Setuju?"]],
  [
    "attendance.read",
    "office as a file, 30 people, 2026-11-02 to 2026-11-06",
    ["Kehadiran kantor · Senin, 2 November 2026 sampai Jumat, 6 November 2026 · diunduh sebagai berkas"],
  ],
  ["attendance.read", "meeting, occurrence 2, 3 people", ["Daftar hadir rapat"]],
  ["attendance.read", "meetings, 3 people, x to y", ["Kehadiran banyak rapat · x sampai y"]],
  ["attendance.read", "something else", []],
  ["unit.create", "Bidang", []],
  ["robot.paint", "blue", ["Isi catatan: blue"]],
])("%s, %s: adds what belongs to it", (action, detail, lines) => {
  expect(details(deed(action, { bySelf: true, detail }))).toEqual(lines);
});
