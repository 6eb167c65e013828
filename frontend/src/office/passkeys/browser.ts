/** Makes and uses passkeys of the browser. The API speaks JSON, in which bytes are base64url. */
import { Problem } from "../../api/problem";
import * as words from "./texts";

type Json = Record<string, unknown>;

interface Described {
  id: string;
  type: "public-key";
}

interface Options extends Json {
  challenge: string;
  user?: { id: string; name: string; displayName: string };
  excludeCredentials?: Described[];
  allowCredentials?: Described[];
}

/** Thrown when the person or the browser doesn't confirm. */
export class NotConfirmed extends Error {}

/** Tells whether this browser can use passkeys on this page. */
export const hasPasskeys = () =>
  typeof PublicKeyCredential === "function" && window.isSecureContext;

function bytesOf(text: string): ArrayBuffer {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const decodeDescriptors = (list: Described[] = []) =>
  list.map((each) => ({ ...each, id: bytesOf(each.id) }));

/** Asks the person to make a passkey. Returns what the API needs of it. */
export async function makePasskey(options: Options): Promise<Json> {
  const { user, challenge, excludeCredentials, ...rest } = options;
  const publicKey = {
    ...rest,
    challenge: bytesOf(challenge),
    user: { ...user, id: bytesOf(user?.id ?? "") },
    excludeCredentials: decodeDescriptors(excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = await ask(() => navigator.credentials.create({ publicKey }));
  const response = made.response as AuthenticatorAttestationResponse;
  return encodeCredential(made, {
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
}

/** Asks the person to use a passkey. Returns what the API needs of it. */
export async function showPasskey(options: Options): Promise<Json> {
  const { challenge, allowCredentials, ...rest } = options;
  const publicKey = {
    ...rest,
    challenge: bytesOf(challenge),
    allowCredentials: decodeDescriptors(allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
  const shown = await ask(() => navigator.credentials.get({ publicKey }));
  const response = shown.response as AuthenticatorAssertionResponse;
  return encodeCredential(shown, {
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    userHandle: response.userHandle ? textOf(response.userHandle) : null,
  });
}

const encodeCredential = (credential: PublicKeyCredential, response: Json): Json => ({
  id: credential.id,
  rawId: textOf(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment,
  clientExtensionResults: {},
  response,
});

async function ask(dialog: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await dialog();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    if (error instanceof DOMException && error.name === "InvalidStateError") {
      throw new NotConfirmed(words.knownAlready);
    }
    if (!(error instanceof DOMException)) throw error;
  }
  throw new NotConfirmed(words.cancelled);
}

const REFUSALS: Record<string, string> = {
  wrong_passkey: words.refused,
  passkey_taken: words.taken,
  no_passkeys_here: words.notHere,
};

/**
 * Returns in words why something with a passkey failed, or undefined if there are no special words.
 */
export function explainPasskey(error: unknown): string | undefined {
  if (error instanceof NotConfirmed) return error.message;
  return error instanceof Problem ? REFUSALS[error.code] : undefined;
}
