/** Returns the path of a service's day, over all of its resources or over one. */
export function dayPath(serviceId: number, resourceId: number | undefined, day: string): string {
  const only = resourceId === undefined ? "" : `?resource=${resourceId}`;
  return `/api/v1/services/${serviceId}/days/${day}${only}`;
}

export const boardPath = (resourceId: number, day: string) => `/api/v1/boards/${resourceId}/${day}`;
