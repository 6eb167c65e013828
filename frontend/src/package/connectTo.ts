import { browserEnvironment, type Environment } from "../core/environment";

const connections = new Map<string, Environment>();

/**
 * Returns the object with which the hooks reach a server, by its address like
 * `https://book.example`. The same address returns the same object, so a component can call this at
 * every render.
 */
export function connectTo(server: string): Environment {
  const base = server.replace(/\/+$/, "");
  const connection = connections.get(base) ?? browserEnvironment(base);
  connections.set(base, connection);
  return connection;
}
