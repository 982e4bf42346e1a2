// What a poll may look like: for scenes.ts.
import type { FakeSession } from "./fake-session";

const QUESTION = "Apel pagi mulai bulan depan dimulai pukul berapa?";
const LONG = "Tetap pukul 07.45 seperti yang tertulis dalam Peraturan Bupati tentang jam kerja aparatur sipil negara";

export const openPoll = (session: FakeSession) =>
  session.polls.add(QUESTION, { "07.30": 9, [LONG]: 14, "08.00": 3 }, { open: true });

export const votedPoll = (session: FakeSession) =>
  session.polls.add(QUESTION, { "07.30": 9, [LONG]: 14, "08.00": 3 }, { open: true, ownVote: 1 });

export const pastPolls = (session: FakeSession) => {
  session.polls.add("Apakah suara terdengar jelas?", { Ya: 38, Tidak: 2 }, { ownVote: 0 });
  session.polls.add("Setuju rapat dilanjutkan minggu depan?", { Setuju: 0, "Tidak setuju": 0 });
  session.polls.add(QUESTION, { "07.30": 9, [LONG]: 14, "08.00": 3 }, { ownVote: 1 });
};
