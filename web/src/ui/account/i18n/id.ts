// The texts of the question before typed text is lost, in Bahasa Indonesia.
export const id = {
  title: "Tinggalkan halaman tanpa menyimpan?",
  text: "Perubahan Anda di halaman ini belum disimpan dan akan hilang.",
  discard: "Buang perubahan",
  stay: "Tetap di sini",
  keepTyping: "Lanjut mengisi",
};
