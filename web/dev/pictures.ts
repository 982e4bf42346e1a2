// Moving pictures without a camera: a person before a wall, and a page of a budget as somebody would share it.

import { beat } from "./beats";

const WALLS = ["#7d97a5", "#a89a84", "#7f9a83", "#9a8aa3", "#a5847c", "#6f8f98", "#93977a", "#8a8f9e"] as const;
const CLOTHES = ["#27445c", "#7a3b3b", "#2f5d46", "#4a3a63", "#80602b", "#20585f", "#54423a", "#3b3f52"] as const;
const SKIN = ["#c98f68", "#b87b55", "#d6a17b", "#a96f4b"] as const;
const HAIR = ["#231a17", "#33271f", "#1c1c22", "#4b4440"] as const;

const numberOf = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
const pick = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;

function moving(width: number, height: number, draw: (context: CanvasRenderingContext2D, time: number) => void) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas here");
  const stream = canvas.captureStream(8);
  const step = () => draw(context, performance.now() / 1000);
  step();
  beat(step, 125);
  return stream;
}

/** Somebody in front of a wall, breathing. */
export function face(name: string): MediaStream {
  const number = numberOf(name);
  const [width, height] = [640, 360];
  return moving(width, height, (context, time) => {
    const sway = Math.sin(time * 1.3 + number) * 4;
    const wall = context.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, pick(WALLS, number));
    wall.addColorStop(1, "#3c474d");
    context.fillStyle = wall;
    context.fillRect(0, 0, width, height);
    context.fillStyle = "rgb(255 255 255 / 0.14)";
    context.fillRect(width * 0.08 + (number % 5) * 90, 30, 120, 90);
    const oval = (x: number, y: number, rx: number, ry: number, colour: string) => {
      context.fillStyle = colour;
      context.beginPath();
      context.ellipse(x + sway, y, rx, ry, 0, 0, Math.PI * 2);
      context.fill();
    };
    oval(320, 430, 190, 160, pick(CLOTHES, number >> 2));
    oval(320, 278, 34, 50, pick(SKIN, number >> 1));
    oval(320, 158, 78, 92, pick(HAIR, number >> 3));
    oval(320, 182, 64, 82, pick(SKIN, number >> 1));
  });
}

/** A page of a budget, its numbers as small as they are in life. */
export function page(): MediaStream {
  const [width, height] = [1280, 720];
  const rows = ["Belanja pegawai", "Belanja barang dan jasa", "Belanja modal jalan", "Bantuan sosial", "Dana desa"];
  return moving(width, height, (context) => {
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#0b5563";
    context.fillRect(0, 0, width, 72);
    context.fillStyle = "#ffffff";
    context.font = "600 30px sans-serif";
    context.fillText("RKA Kecamatan Bua, Tahun Anggaran 2020", 40, 46);
    for (let row = 0; row < 14; row++) {
      const y = 110 + row * 42;
      if (row % 2) {
        context.fillStyle = "#eef3f4";
        context.fillRect(40, y - 26, width - 80, 42);
      }
      context.fillStyle = "#172124";
      context.font = "20px sans-serif";
      context.fillText(`5.${row + 1}.02`, 56, y);
      context.fillText(`${pick(rows, row)} tahap ${Math.floor(row / 5) + 1}`, 190, y);
      context.textAlign = "right";
      context.fillText(`Rp ${((row + 3) * 137_450_000).toLocaleString("id-ID")}`, 900, y);
      context.fillText(`${(71 + row * 7) % 100},${row % 10} %`, 1200, y);
      context.textAlign = "left";
    }
  });
}
