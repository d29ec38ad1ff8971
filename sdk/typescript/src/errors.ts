// What can go wrong, as classes: catch the one that you can do something about.
import type { ErrorCode } from "./types.js";

/** Everything that this package throws on purpose. */
export class ReventoError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** There are no tokens for this event or person: ask for consent (`authorize`). */
export class NotConnected extends ReventoError {}

/** Revento refused the refresh for good (`invalid_grant`). The stored tokens are gone; ask for consent again. */
export class ConsentRequired extends NotConnected {}

/** The browser came back without a code. `code` is the OAuth error, such as `access_denied`, or `state_mismatch`. */
export class AuthorizationFailed extends ReventoError {
  constructor(
    readonly code: string,
    say: string,
  ) {
    super(`${code}: ${say}`);
  }
}

/** Revento did not answer, also not when asked again. */
export class Unreachable extends ReventoError {}

export interface Said {
  code: string;
  status: number;
  message: string;
  requestId: string;
  extra: Readonly<Record<string, unknown>>;
  /** How long the server asks to wait, in seconds; `undefined` when it did not say. */
  retryAfter: number | undefined;
}

/** Revento said no. `code` is for programs, `message` for people; `requestId` helps support to find the request. */
export class ApiError extends ReventoError {
  /** One of `ErrorCode`, or what a proxy on the way said. */
  readonly code: ErrorCode | (string & {});
  readonly status: number;
  readonly requestId: string;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly retryAfter: number | undefined;

  constructor(said: Said) {
    super(`${said.code} (${said.status}): ${said.message} [request ${said.requestId}]`);
    this.code = said.code;
    this.status = said.status;
    this.requestId = said.requestId;
    this.extra = said.extra;
    this.retryAfter = said.retryAfter;
  }
}

/** The access token is missing, malformed, unknown or of the other environment. */
export class InvalidToken extends ApiError {}

/** The access token is older than an hour. You see this only when refreshing did not help. */
export class TokenExpired extends ApiError {}

/** The connection ended. `reason` says why; `data.deletion_required` says what to erase, and until when. */
export class TokenRevoked extends ApiError {
  get reason(): string | undefined {
    return text(this.extra["reason"]);
  }
}

/** The token is of the other kind, of another event, or lacks the scope. */
export class Forbidden extends ApiError {}

/** The request itself is wrong. `field` names the culprit. */
export class BadRequest extends ApiError {
  get field(): string | undefined {
    return text(this.extra["field"]);
  }
}

/** There is no such thing in this event. */
export class NotFound extends ApiError {}

/** A budget is used up. `window` is `hour` or `minute`, or unknown. */
export class RateLimited extends ApiError {
  get window(): string | undefined {
    return text(this.extra["window"]);
  }
}

/** The code or refresh token is not valid, for good. */
export class InvalidGrant extends ApiError {}

/** Client id or secret are wrong, or this client may not do that. */
export class ClientRefused extends ApiError {}

/** Something broke on Revento's side. */
export class ServerFailed extends ApiError {}

/** Which class a code becomes. */
export const CLASSES: Readonly<Record<ErrorCode, typeof ApiError>> = {
  invalid_token: InvalidToken,
  token_expired: TokenExpired,
  token_revoked: TokenRevoked,
  user_token_required: Forbidden,
  installation_token_required: Forbidden,
  event_not_authorized: Forbidden,
  insufficient_scope: Forbidden,
  invalid_request: BadRequest,
  invalid_cursor: BadRequest,
  not_acceptable: BadRequest,
  method_not_allowed: BadRequest,
  payload_too_large: BadRequest,
  not_found: NotFound,
  rate_limit_exceeded: RateLimited,
  concurrent_limit_exceeded: RateLimited,
  internal_error: ServerFailed,
  service_unavailable: ServerFailed,
  invalid_grant: InvalidGrant,
  invalid_scope: ClientRefused,
  unsupported_grant_type: ClientRefused,
  unauthorized_client: ClientRefused,
  invalid_client: ClientRefused,
};

/** The typed error of an answer that is no success; also for one that a proxy wrote. */
export async function fromResponse(response: Response): Promise<ApiError> {
  const body = parsed(await response.text().catch(() => ""));
  const { error, message, request_id, ...extra } = body;
  const code = text(error) ?? (response.status >= 500 ? "internal_error" : "unexpected_answer");
  const known = Object.hasOwn(CLASSES, code) ? CLASSES[code as ErrorCode] : ApiError;
  return new known({
    code,
    status: response.status,
    message: text(message) ?? text(extra["error_description"]) ?? `HTTP ${response.status}`,
    requestId: text(request_id) ?? response.headers.get("X-Revento-Request-Id") ?? "",
    extra,
    retryAfter: seconds(response.headers.get("Retry-After")),
  });
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const seconds = (value: string | null): number | undefined =>
  value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
