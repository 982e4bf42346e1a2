// The strokes of preview and meeting, on a grid of 24 (parts/icon.tsx draws them).
export const MICROPHONE =
  "M12 3a3 3 0 0 0-3 3v5.5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3.2";
export const MICROPHONE_OFF = `M9 6.2A3 3 0 0 1 15 6v5.2M9 9.2v2.3a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10.4 5.2M18.5 11.5a6.4 6.4 0 0 1-.6 2.7M12 18v3.2M3.5 3.5l17 17`;
export const CAMERA =
  "M4.5 6.5h9a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5ZM15 11l6-3.5v9L15 13";
export const CAMERA_OFF =
  "M9 6.5h4.5A1.5 1.5 0 0 1 15 8v4.5M15 16a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5h.8M15 11l6-3.5v9l-2-1.2M3.5 3.5l17 17";
export const SCREEN =
  "M4 4.5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1ZM8.5 20.5h7M12 16.5v4M12 13.5v-6M9 10l3-3 3 3";
export const CHAT =
  "M4.5 4.5h15a1.5 1.5 0 0 1 1.5 1.5v9.5a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 4v-4h-2A1.5 1.5 0 0 1 3 15.5V6a1.5 1.5 0 0 1 1.5-1.5ZM7.5 9h9M7.5 12.5h6";
export const PEOPLE =
  "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM2.5 19.5c0-3.6 2.9-5.5 6.5-5.5s6.5 1.9 6.5 5.5M15.5 5a3.3 3.3 0 0 1 0 6.2M18 14.6c2.2.7 3.5 2.4 3.5 4.9";
export const HAND =
  "M7.5 12.5V6a1.5 1.5 0 0 1 3 0v5M10.5 10.5V4a1.5 1.5 0 0 1 3 0v6.5M13.5 10.5V5a1.5 1.5 0 0 1 3 0v7M16.5 10.5V8a1.5 1.5 0 0 1 3 0v6.5a7 7 0 0 1-7 7c-3 0-4.6-1.3-6.2-3.8L4 13.9a1.5 1.5 0 0 1 2.5-1.7l1 1.3";
export const LEAVE = "M10 4.5H5.5A1.5 1.5 0 0 0 4 6v12a1.5 1.5 0 0 0 1.5 1.5H10M9.5 12H21M17 8l4 4-4 4";
export const SEND = "M4 4.5 21 12 4 19.5 7 12ZM7 12h7";
export const PLUS = "M12 5v14M5 12h14";
export const MINUS = "M5 12h14";
export const FIT = "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5";
export const KEYBOARD =
  "M3.5 6h17a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-17a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1ZM6 9.5h.2M9.7 9.5h.2M13.5 9.5h.2M17.5 9.5h.2M6 14.5h.2M9 14.5h6M17.8 14.5h.2";
export const SPEAKER = "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11";
export const LEAF = "M5 19C5 10 10 5 20 4.5c0 9.5-4 14.5-11.5 14.5C6.5 19 5 18 5 16M5 20.5c2-5 5-8 9-10";
export const NETWORK = "M5 19v-3M10 19v-6.5M15 19V9M20 19V5";
export const NETWORK_OFF = "M5 19v-3M10 19v-6.5M15 19v-4M20 19v-1.5M20 12V5M3.5 3.5l17 17";
export const REFRESH = "M20 12a8 8 0 1 1-2.4-5.7M20 3.5v4.5h-4.5";
export const LOCK =
  "M6.5 11h11a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3";
export const MORE = "M12 5.5v.2M12 12v.2M12 18.5v.2";
export const SLIDERS = "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4";
export const PIN = "M9 3.5h6l-.8 6 3.3 3.5h-11l3.3-3.5ZM12 13v7.5";
const FACE = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z";
export const REACT = `${FACE}M8.8 9.5h.2M15 9.5h.2M8 14a5 5 0 0 0 8 0`;
export const AGREE =
  "M7 10.5v9H4v-9ZM7 10.5l4-7a2 2 0 0 1 2.6 2.4L12.8 9H19a1.8 1.8 0 0 1 1.8 2.2l-1.5 6.8a2 2 0 0 1-2 1.5H7";
export const APPLAUSE =
  "M8 13.5 4.9 10.4a1.3 1.3 0 0 1 1.9-1.9L10 11.7M9 10.7 6 7.6a1.3 1.3 0 0 1 1.9-1.9l4.4 4.5M11.7 9.5 9.4 7.2a1.3 1.3 0 0 1 1.9-1.9l6 6.1.4-2.2a1.4 1.4 0 0 1 2.7.4l-.6 5.2a6.5 6.5 0 0 1-1.9 3.9 6 6 0 0 1-8.4 0L4.8 14a1.3 1.3 0 0 1 1.9-1.9M13.5 2.5v2M17 3.5l-1 1.8M20.5 5.5l-1.7 1.2";
export const THANKS = "M12 20 4.6 12.6a4.6 4.6 0 0 1 6.5-6.5l.9.9.9-.9a4.6 4.6 0 0 1 6.5 6.5Z";
export const LAUGH = `${FACE}M8.6 9.3h.2M15.2 9.3h.2M7.5 13h9a4.5 4.5 0 0 1-9 0Z`;
export const SURPRISED = `${FACE}M8.8 9.3h.2M15 9.3h.2M12 13a2.1 2.3 0 1 0 0 4.6 2.1 2.3 0 0 0 0-4.6Z`;
export const POLL = "M5 20v-8M12 20V4M19 20v-5.5M3 20h18";
