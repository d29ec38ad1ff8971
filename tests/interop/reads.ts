// Reads every endpoint with types that openapi-typescript made of the running server's own document.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const { ORIGIN, EVENT_ID, PARTICIPANT_ID, ACTIVITY_ID, INSTALLATION_TOKEN, USER_TOKEN } = process.env as Record<string, string>;
const client = (token: string) =>
  createClient<paths>({ baseUrl: `${ORIGIN}/api/v1`, headers: { Authorization: `Bearer ${token}` } });
const event = client(INSTALLATION_TOKEN);
const me = client(USER_TOKEN);

function read<T>(answer: { data?: T; error?: components["schemas"]["Error"] }): T {
  if (answer.data === undefined) throw new Error(`${answer.error?.error}: ${answer.error?.message}`);
  return answer.data;
}

const path = { event_id: EVENT_ID };
const get_event = read(await event.GET("/events/{event_id}", { params: { path } }));
const list_participants = read(
  await event.GET("/events/{event_id}/participants", { params: { path, query: { limit: 2, application_status: "approved" } } }),
);
const get_participant = read(
  await event.GET("/events/{event_id}/participants/{participant_id}", {
    params: { path: { ...path, participant_id: PARTICIPANT_ID } },
  }),
);
const get_program = read(await event.GET("/events/{event_id}/program", { params: { path } }));
const list_activities = read(await event.GET("/events/{event_id}/activities", { params: { path, query: { day: "2026-07-10" } } }));
const get_activity = read(
  await event.GET("/events/{event_id}/activities/{activity_id}", { params: { path: { ...path, activity_id: ACTIVITY_ID } } }),
);
const list_threads = read(await event.GET("/events/{event_id}/threads", { params: { path } }));
const list_locations = read(await event.GET("/events/{event_id}/locations", { params: { path } }));
const list_registration_waves = read(await event.GET("/events/{event_id}/registration-waves", { params: { path } }));
const get_profile = read(await me.GET("/me/profile"));
const get_application = read(await me.GET("/me/application"));
const refused = await me.GET("/events/{event_id}", { params: { path } });

// The compiler holds these to the document's types.
const status: "pending" | "approved" | "rejected" | "revision_requested" | "withdrawn" = get_participant.application_status;
const day: string = get_program.days[0].date;
const next: string | null = list_participants.next_cursor;
const code: string | undefined = refused.error?.error;

console.log(
  JSON.stringify({
    status,
    day,
    next,
    code,
    read: {
      get_event: get_event.id,
      list_participants: list_participants.data[0].id,
      get_participant: get_participant.id,
      get_program: get_program.event_id,
      list_activities: list_activities.data[0].id,
      get_activity: get_activity.id,
      list_threads: list_threads.data[0].id,
      list_locations: list_locations.data[0].id,
      list_registration_waves: list_registration_waves.data[0].id,
      get_profile: get_profile.id,
      get_application: get_application.id,
    },
  }),
);
