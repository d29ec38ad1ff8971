// Verifies deliveries with the standardwebhooks library and with the guide's own sample: JSON in, JSON out.
import { Webhook } from "standardwebhooks";
import { isGenuine } from "../../guide/samples/verify.mjs";

let input = "";
for await (const piece of process.stdin) input += piece;
const verdicts = JSON.parse(input).map(({ secret, headers, body }) => {
  const raw = Buffer.from(body, "base64");
  let standard = null;
  try {
    standard = new Webhook(secret).verify(raw, headers).type;
  } catch (error) {
    standard = error.name === "Error" ? error.constructor.name : error.name;
  }
  return { standard, recipe: isGenuine(headers, raw, secret) };
});
console.log(JSON.stringify(verdicts));
