// Shows the API's contract with Swagger UI. Without scripts the page links to the contract itself.
"use strict";

const place = document.getElementById("swagger-ui");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  tryItOutEnabled: false,
  // Outside there is nobody to ask whether the contract is valid: a test does.
  validatorUrl: null,
  // Each POST of "Try it out" is an action of its own.
  requestInterceptor: (request) => {
    if (request.method === "POST" && !request.headers["Idempotency-Key"]) {
      request.headers["Idempotency-Key"] = crypto.randomUUID();
    }
    return request;
  },
});
