import { createContext } from "preact";
import { useContext } from "react";
import type { OfficeApi, Session, SignedIn } from "../api/officeApi";

export const OfficeContext = createContext<OfficeApi | null>(null);

/** Returns the object that sends requests of the office. */
export function useOfficeApi(): OfficeApi {
  const api = useContext(OfficeContext);
  if (api === null) throw new Error("There is no OfficeContext.");
  return api;
}

/**
 * The signed-in user, for the pages of the office. `renew` tells the office that the session has
 * changed.
 */
export interface SignedInUser {
  user: SignedIn;
  renew(session: Session): void;
}

export const UserContext = createContext<SignedInUser | null>(null);

export function useUser(): SignedInUser {
  const user = useContext(UserContext);
  if (user === null) throw new Error("There is no UserContext.");
  return user;
}
