// What every webhook route in JavaScript needs. The guide shows it; the with-….mjs files beside it use it, and tests post to each.
// [handle]
import { Receiver } from "revento-sdk";
import { FolderDeliveryLog } from "revento-sdk/node";

export const receiver = new Receiver(process.env.REVENTO_WEBHOOK_SECRET); // a list of two while you rotate
export const log = new FolderDeliveryLog("deliveries"); // which deliveries were processed

export async function handle({ message }) {
  console.log(message.type, message.data);
}
// [/handle]
