// All texts that tests look for, whatever part of the program brings them.
import { en as hostEn } from "../src/ui/host/i18n/pages-en";
import { id as hostId } from "../src/ui/host/i18n/pages-id";
import { en as firstEn } from "../src/ui/i18n/en";
import { id as firstId } from "../src/ui/i18n/id";
import { en as roomEn } from "../src/ui/room/i18n/en";
import { id as roomId } from "../src/ui/room/i18n/id";

export const id = { ...firstId, ...roomId, ...hostId };
export const en = { ...firstEn, ...roomEn, ...hostEn };
