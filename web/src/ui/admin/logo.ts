// A picture as the logo of a letterhead: a PNG of at most 64 KiB, made smaller until it is one.
const LARGEST_LOGO = 64 * 1024;
/** Printed 2 cm high, 600 pixels are more than a printer shows. */
const SIDES = [600, 400, 300, 200, 120] as const;

/** Base64, or why not. */
export type LogoOutcome = { readonly png: string } | "unreadable" | "large";

export async function logoOf(file: Blob): Promise<LogoOutcome> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return "unreadable";
  }
  try {
    const longest = Math.max(picture.width, picture.height);
    if (file.type === "image/png" && file.size <= LARGEST_LOGO && longest <= SIDES[0])
      return { png: await base64(file) };
    for (const side of SIDES) {
      const scale = Math.min(1, side / longest);
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
      if (png && png.size <= LARGEST_LOGO) return { png: await base64(png) };
    }
    return "large";
  } finally {
    picture.close();
  }
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
