// Bahasa Indonesia: the first language, and the one whose shape the other has to match. Every text that a person reads or hears stands here.
// Formal and kind: Anda, complete short sentences, no English word where Indonesian has one.
export const id = {
  /** As those who need it read it: in the language that it leads to. */
  otherLanguage: "English",
  locale: "id-ID",
  app: {
    name: "Sipulung",
    themes: { system: "Ikuti perangkat", light: "Terang", dark: "Gelap" },
    themeNow: (theme: string) => `Tampilan: ${theme}. Ganti tampilan`,
    loading: "Memuat…",
    loadFailed: "Bagian halaman ini tidak dapat dimuat. Periksa jaringan Anda, lalu coba lagi.",
    tryAgain: "Coba lagi",
    close: "Tutup",
    cancel: "Batal",
    back: "Kembali",
    toStart: "Ke halaman awal",
  },
  time: {
    zones: { "7": "WIB", "8": "WITA", "9": "WIT" } as Readonly<Record<string, string>>,
    at: (day: string, clock: string, zone: string) => `${day} pukul ${clock} ${zone}`,
  },
  join: {
    title: "Gabung ke rapat",
    pageTitle: "Gabung ke rapat · Sipulung",
    name: "Nama",
    meetingId: "ID rapat",
    password: "Kata sandi",
    showPassword: "Tampilkan kata sandi",
    hidePassword: "Sembunyikan kata sandi",
    next: "Lanjut",
    working: "Menghubungi server…",
    workingLong: "Jaringan sedang lambat. Harap tunggu, jangan tutup halaman ini.",
    invited: "Anda diundang ke rapat",
    otherMeeting: "Rapat lain",
    pasted: "ID rapat dan kata sandi diisi dari undangan.",
    haveAccount: "Anda punya akun?",
    signIn: "Masuk",
    ownPages: "Ke halaman akun Anda",
    nameMissing: "Isi nama Anda.",
    nameTooLong: "Nama paling panjang 64 huruf.",
    meetingIdMissing: "Isi ID rapat dari undangan.",
    meetingIdWrong: "ID rapat terdiri atas 10 angka, misalnya 812 345 6789.",
    passwordMissing: "Isi kata sandi dari undangan.",
    waitSeconds: (seconds: number) => `Anda dapat mencoba lagi dalam ${seconds} detik.`,
    mayTryAgain: "Anda dapat mencoba lagi sekarang.",
    notOpenTitle: "Rapat belum dibuka",
    opens: (when: string) => `Dibuka ${when}.`,
    opensItself: "Biarkan halaman ini terbuka: Anda diteruskan sendiri saat rapat dibuka.",
    looksItself: "Jika waktunya berubah atau rapat dibatalkan, halaman ini memberi tahu Anda.",
    notReached: "Server sedang tidak dapat dihubungi. Halaman ini mencoba lagi sendiri.",
    movedTitle: "Penyelenggara mengubah waktu rapat",
    opensNow: (when: string) => `Sekarang dibuka ${when}.`,
    openedTitle: "Rapat sudah waktunya dibuka",
    triesItself: "Biarkan halaman ini terbuka: halaman ini mencoba lagi sendiri.",
    stopWaiting: "Berhenti menunggu",
    toCalendar: "Simpan ke kalender",
    calendarSaved: "Berkas kalender sudah diunduh. Di dalamnya ada ID dan kata sandi rapat.",
    withAccount: (name: string) => `Kehadiran Anda dicatat pada akun ini: ${name}`,
    withoutAccount: "Gabung tanpa akun",
  },
  unknownPage: {
    title: "Halaman tidak ditemukan",
    text: "Tautan ini tidak lengkap atau salah. Buka lagi tautan dari undangan, atau gabung dengan ID rapat dan kata sandi.",
  },
  // For each code of ErrorCode: what happened, what (not) was lost, what to do next.
  errors: {
    INTERNAL: "Terjadi gangguan pada server. Ini bukan kesalahan Anda. Coba lagi sebentar lagi.",
    UNAVAILABLE: "Server sedang tidak dapat dihubungi. Tidak ada yang hilang. Coba lagi sebentar lagi.",
    INVALID_FIELD: "Ada isian yang belum benar. Periksa isian Anda, lalu coba lagi.",
    MALFORMED: "Server tidak memahami kiriman dari halaman ini. Muat ulang halaman, lalu coba lagi.",
    WRONG_STATE: "Tindakan ini tidak dapat dilakukan sekarang. Tunggu sebentar, lalu coba lagi.",
    THROTTLED: "Terlalu banyak percobaan. Tunggu sebentar sebelum mencoba lagi.",
    NOT_FOUND: "Yang Anda cari tidak ditemukan. Mungkin sudah dihapus. Muat ulang halaman ini.",
    PERMISSION_DENIED: "Akun Anda tidak berhak melakukan ini. Hubungi admin instansi Anda.",
    UNAUTHENTICATED: "Anda belum masuk atau sesi Anda sudah berakhir. Masuk lagi untuk melanjutkan.",
    TOKEN_EXPIRED: "Sesi Anda sudah berakhir. Gabung atau masuk lagi untuk melanjutkan.",
    CONFLICT: "Data ini baru saja diubah dari tempat lain. Muat ulang halaman, lalu coba lagi.",
    TOO_LARGE: "Kiriman terlalu besar dan tidak dikirim. Perpendek, lalu coba lagi.",
    DEADLINE_EXCEEDED: "Server terlalu lama menjawab. Periksa jaringan Anda, lalu coba lagi.",
    WRONG_ID_OR_PASSWORD: "ID rapat atau kata sandi salah. Cocokkan keduanya dengan undangan, lalu coba lagi.",
    WRONG_USER_OR_PASSWORD: "Nama pengguna atau kata sandi salah. Periksa keduanya, lalu coba lagi.",
    MEETING_FULL: "Rapat sudah penuh. Hubungi penyelenggara, atau coba lagi setelah ada yang keluar.",
    MEETING_ENDED: "Rapat ini sudah berakhir. Hubungi penyelenggara jika Anda merasa ini keliru.",
    MEETING_NOT_OPEN: "Rapat ini belum dibuka. Coba lagi pada waktu yang tertulis di undangan.",
    REMOVED: "Penyelenggara mengeluarkan Anda dari rapat ini. Hubungi penyelenggara jika Anda merasa ini keliru.",
    ACCOUNT_DISABLED: "Akun ini dinonaktifkan. Hubungi admin instansi Anda.",
    MEETING_LOCKED: "Penyelenggara mengunci rapat ini, jadi tidak ada yang dapat masuk lagi. Hubungi penyelenggara.",
    LOBBY_DENIED: "Penyelenggara belum menerima Anda di rapat ini. Hubungi penyelenggara jika Anda merasa ini keliru.",
    OFFER_REFUSED:
      "Server tidak dapat menerima suara dan gambar dari peramban ini. Perbarui peramban Anda, lalu coba lagi.",
    NO_MEDIA_NODE: "Semua server rapat sedang penuh. Coba lagi beberapa menit lagi.",
    SESSION_GONE: "Sambungan rapat terputus di server. Gabung lagi untuk melanjutkan.",
    PREVIEW_EXPIRED:
      "Anda terlalu lama di halaman persiapan, jadi sambungan ditutup. Tekan Lanjut untuk menyiapkan lagi.",
    REPLACED: "Rapat ini dibuka di perangkat atau halaman lain, jadi sambungan di sini ditutup.",
    MEETING_CANCELLED: "Rapat ini dibatalkan oleh penyelenggara. Hubungi penyelenggara untuk waktu yang baru.",
    SHUTTING_DOWN: "Server sedang dimulai ulang. Coba lagi sebentar lagi.",
    OFFLINE: "Perangkat Anda tidak tersambung ke internet. Periksa Wi-Fi atau data seluler, lalu coba lagi.",
    BROWSER_UNSUPPORTED:
      "Peramban ini tidak mendukung rapat video. Gunakan Chrome, Edge, Firefox, atau Safari versi terbaru.",
    UNKNOWN: "Terjadi kesalahan yang belum dikenal halaman ini. Muat ulang halaman, lalu coba lagi.",
  },
  account: {
    pageTitle: (page: string) => `${page} · Sipulung`,
    pages: {
      host: "Rapat saya",
      office: "Kehadiran kantor",
      me: "Data saya",
      admin: "Pengaturan instansi",
      verify: "Periksa laporan",
    },
    pageTexts: {
      host: "Buat rapat, bagikan undangannya, dan lihat daftar hadirnya.",
      office: "Catat kehadiran Anda pada jam kantor.",
      me: "Lihat semua yang tercatat tentang Anda, siapa yang melihatnya, dan sampai kapan disimpan.",
      admin: "Atur unit kerja, akun, jam kerja, hari libur, dan kop surat.",
      verify: "Periksa apakah sebuah laporan sesuai dengan catatan yang asli.",
    },
    hello: (name: string) => `Selamat datang, ${name}`,
    refused: (page: string) =>
      `Akun Anda tidak dapat membuka halaman “${page}”. Jika Anda memerlukannya, hubungi admin instansi Anda.`,
    start: "Yang dapat Anda lakukan",
    navigation: "Halaman",
    menu: "Menu",
    skip: "Langsung ke isi halaman",
    signInTitle: "Masuk",
    user: "Nama pengguna atau NIP",
    password: "Kata sandi",
    signIn: "Masuk",
    signingIn: "Memeriksa akun…",
    restoring: "Memeriksa akun Anda…",
    userMissing: "Isi nama pengguna atau NIP Anda.",
    passwordMissing: "Isi kata sandi Anda.",
    forgot: "Lupa kata sandi? Hubungi admin instansi Anda.",
    asGuest: "Gabung dengan ID rapat",
    signOut: "Keluar dari akun",
    sessionEnded: "Sesi Anda sudah berakhir. Masuk lagi untuk melanjutkan; isian Anda di halaman ini masih ada.",
    canDo: "Dengan akun ini Anda dapat:",
    joinText: "Masuk ke rapat dengan ID rapat dan kata sandi dari undangan.",
  },
};

export type Texts<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...given: infer A) => string
      ? (...given: A) => string
      : T[K] extends readonly string[]
        ? readonly string[]
        : Texts<T[K]>;
};

export type Catalogue = Texts<typeof id>;
