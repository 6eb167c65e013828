window.SwaggerUIBundle({
  url: "openapi.json",
  domNode: document.getElementById("api"),
  deepLinking: true,
  // Else another site is asked whether the document is valid.
  validatorUrl: null,
});
