// How premises are named for people.

import type { Schemas } from "../api/client.ts";

type Place = Schemas["Place"];

export function placeName(place: Place): string {
  const a = place.address;
  if (a == null) return place.bagId ?? place.id.slice(0, 8);
  const number = `${a.houseNumber}${a.houseLetter ?? ""}${a.houseNumberAddition === undefined ? "" : `-${a.houseNumberAddition}`}`;
  return `${a.postcode.replace(/^(\d{4})([A-Z]{2})$/, "$1 $2")} ${number}`;
}

export const placeTown = (place: Place) => place.address?.municipality ?? "";
