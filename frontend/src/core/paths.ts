/** Returns the path of a service's day, over all of its resources or over one. */
export function dayPath(serviceId: number, resourceId: number | undefined, day: string): string {
  const only = resourceId === undefined ? "" : `?resource=${resourceId}`;
  return `/api/v1/services/${serviceId}/days/${day}${only}`;
}

export const boardPath = (resourceId: number, day: string) => `/api/v1/boards/${resourceId}/${day}`;

/**
 * Decodes a part of an address. A text that can't be decoded is not a booking's reference; it is
 * looked up unchanged.
 */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
