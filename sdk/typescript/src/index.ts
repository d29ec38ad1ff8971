// Revento for JavaScript and TypeScript. Start with `Revento` to read, with `Receiver` to get webhooks.
export * from "./client.js";
export type { Budget } from "./conversation.js";
export { isWellFormed, PREFIXES } from "./credentials.js";
export * from "./errors.js";
export { MemoryFlowStore, type Flow, type FlowStore } from "./flows.js";
export { Pages, type Page } from "./pages.js";
export * as pkce from "./pkce.js";
export { EventApi, PersonApi, type ActivityListing, type Listing, type ParticipantListing } from "./reading.js";
export { keyOf, MemoryTokenStore, type Tokens, type TokenStore } from "./tokens.js";
export type * from "./types.js";
export * from "./webhooks.js";
