/** Puts the page that shows the API's document beside the booking page, with all that it loads. */
import { cpSync } from "node:fs";

const copy = (from, name) =>
  cpSync(
    new URL(name, from),
    new URL(`../../src/dibs/web/static/api-docs/${name}`, import.meta.url),
  );

for (const name of ["index.html", "start.js"]) copy(import.meta.url, name);

const swagger = import.meta.resolve("swagger-ui-dist/");
for (const name of ["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE"]) {
  copy(swagger, name);
}
