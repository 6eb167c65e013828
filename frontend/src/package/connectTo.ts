import { browserEnvironment, type Environment } from "../core/environment";

const connections = new Map<string, Environment>();

/**
 * What the hooks need to reach one server, by its address: `https://book.example`. The same address
 * gives the same object, so that a component can call it whenever it renders.
 */
export function connectTo(server: string): Environment {
  const base = server.replace(/\/+$/, "");
  const connection = connections.get(base) ?? browserEnvironment(base);
  connections.set(base, connection);
  return connection;
}
