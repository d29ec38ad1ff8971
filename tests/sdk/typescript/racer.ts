// One of several processes that need a token at the same moment.
import { Revento } from "revento-sdk";
import { FolderTokenStore } from "revento-sdk/node";

const [baseUrl = "", folder = "", eventId = ""] = process.argv.slice(2);
const revento = new Revento({ clientId: "client", clientSecret: "secret", baseUrl, tokens: new FolderTokenStore(folder) });
process.exit((await revento.event(eventId).get()).id === eventId ? 0 : 1);
