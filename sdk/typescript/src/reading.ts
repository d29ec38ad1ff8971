// What can be read: of a connected event, and of a person who signed in.
import type { Budget, Conversation, Query } from "./conversation.js";
import { Pages } from "./pages.js";
import { keyOf } from "./tokens.js";
import type { Activity, ActivityStatus, ApplicationStatus, Event, Location, MyApplication, Participant, Profile, Program, Role, Thread, Wave } from "./types.js";

export interface Listing {
  /** Only what changed at this moment or later. */
  updatedSince?: Date | string;
  /** Rows of a page, 1 to 50. */
  limit?: number;
}

export interface ParticipantListing extends Listing {
  applicationStatus?: ApplicationStatus;
  role?: Role;
}

export interface ActivityListing extends Listing {
  threadId?: string;
  locationId?: string;
  /** A date of the event's own time zone: `2026-07-10`. */
  day?: string;
  status?: ActivityStatus;
}

const MOST = 50;
const query = ({ updatedSince, limit }: Listing): Query => ({ updated_since: updatedSince, limit: limit ?? MOST });

/** One connected event. Needs an installation token: `Revento.finish` after *Connect*. */
export class EventApi {
  readonly #key: string;

  constructor(
    private readonly talk: Conversation,
    readonly eventId: string,
  ) {
    this.#key = keyOf(eventId);
  }

  /** The event itself. Scope `event.read`. */
  get(): Promise<Event> {
    return this.#get("");
  }

  /** Everybody who applied. Scope `participants.read`. */
  participants(asked: ParticipantListing = {}): Pages<Participant> {
    return this.#list("/participants", { ...query(asked), application_status: asked.applicationStatus, role: asked.role });
  }

  /** One of them. */
  participant(participantId: string): Promise<Participant> {
    return this.#get(`/participants/${encodeURIComponent(participantId)}`);
  }

  /** Threads, locations and days in one document. Scope `program.read`, as for all below. */
  program(): Promise<Program> {
    return this.#get("/program");
  }

  /** What happens. */
  activities(asked: ActivityListing = {}): Pages<Activity> {
    const { threadId: thread_id, locationId: location_id, day, status } = asked;
    return this.#list("/activities", { ...query(asked), thread_id, location_id, day, status });
  }

  /** One of them. */
  activity(activityId: string): Promise<Activity> {
    return this.#get(`/activities/${encodeURIComponent(activityId)}`);
  }

  /** The program's tracks. */
  threads(asked: Listing = {}): Pages<Thread> {
    return this.#list("/threads", query(asked));
  }

  /** Venues, buildings, floors and rooms. */
  locations(asked: Listing = {}): Pages<Location> {
    return this.#list("/locations", query(asked));
  }

  /** When people may apply. */
  registrationWaves(asked: Listing = {}): Pages<Wave> {
    return this.#list("/registration-waves", query(asked));
  }

  /** The hour's rate limit, as the last answer told it. */
  get budget(): Budget | undefined {
    return this.talk.budgets.get(this.#key);
  }

  #get<T>(path: string, asked: Query = {}): Promise<T> {
    return this.talk.get(this.#key, `/events/${encodeURIComponent(this.eventId)}${path}`, asked);
  }

  #list<T>(path: string, asked: Query): Pages<T> {
    return new Pages((more) => this.#get(path, more), asked);
  }
}

/** One person at one event, after Login with Revento. */
export class PersonApi {
  readonly #key: string;

  constructor(
    private readonly talk: Conversation,
    eventId: string,
    userId: string,
  ) {
    this.#key = keyOf(eventId, userId);
  }

  /** Name and e-mail address. Scope `profile.read`. */
  profile(): Promise<Profile> {
    return this.talk.get(this.#key, "/me/profile");
  }

  /** Her own application for the event. Scope `event.attendance`. */
  application(): Promise<MyApplication> {
    return this.talk.get(this.#key, "/me/application");
  }
}
