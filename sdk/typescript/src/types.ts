// Everything on the wire of version 1. Made from the contract by `python -m revento.contract.render.sdk`; do not edit.

export type FieldType = "text" | "long_text" | "number" | "boolean" | "date" | "choice" | "multi_choice";
export type MinAge = "age_all" | "age_12_plus" | "age_16_plus" | "age_18_plus";
export type PublishStatus = "draft" | "published" | "archived";
export type Role = "participant" | "host" | "staff" | "volunteer" | "guest";
export type ApplicationStatus = "pending" | "approved" | "rejected" | "revision_requested" | "withdrawn";
export type ReviewAction = "approved" | "rejected" | "revision_requested";
export type ActivityStatus = "scheduled" | "cancelled";
export type CapacityState = "unlimited" | "open" | "nearly_full" | "full" | "closed";
export type LocationKind = "venue" | "building" | "floor" | "room";
export type WaveStatus = "upcoming" | "open" | "full" | "closed";
export type Scope = "event.read" | "participants.read" | "program.read" | "profile.read" | "event.attendance";
export type ErrorCode = "invalid_token" | "token_expired" | "token_revoked" | "user_token_required" | "installation_token_required" | "event_not_authorized" | "insufficient_scope" | "invalid_request" | "invalid_cursor" | "not_found" | "method_not_allowed" | "not_acceptable" | "payload_too_large" | "rate_limit_exceeded" | "concurrent_limit_exceeded" | "internal_error" | "service_unavailable" | "invalid_grant" | "invalid_scope" | "unsupported_grant_type" | "unauthorized_client" | "invalid_client";

/** One custom form field that the organizer shares with integrations, so that a client can label answers. */
export interface FormFieldDefinition {
  key: string;
  label: string;
  type: FieldType;
  required: boolean;
  options: string[];
  help_text: string;
}

/** A gathering. */
export interface Event {
  id: string;
  organization_id: string;
  title: string;
  description: string;
  publish_status: PublishStatus;
  starts_at: string;
  ends_at: string;
  time_zone: string;
  min_age: MinAge;
  location_name: string | null;
  website_url: string | null;
  custom_form_field_definitions: FormFieldDefinition[];
  created_at: string;
  updated_at: string;
}

/** `data` of `event.updated`. */
export interface EventUpdated {
  id: string;
  organization_id: string;
  title: string;
  description: string;
  publish_status: PublishStatus;
  starts_at: string;
  ends_at: string;
  time_zone: string;
  min_age: MinAge;
  location_name: string | null;
  website_url: string | null;
  custom_form_field_definitions: FormFieldDefinition[];
  created_at: string;
  updated_at: string;
  changed_fields: string[];
}

/** A person inside one event. `custom_form_fields` holds shared fields only. */
export interface Participant {
  id: string;
  event_id: string;
  user_id: string;
  application_id: string;
  display_name: string;
  role: Role;
  application_status: ApplicationStatus;
  submitted_at: string;
  registered_at: string | null;
  registration_wave_id: string | null;
  last_reviewed_at: string | null;
  last_reviewer_id: string | null;
  last_review_action: ReviewAction | null;
  custom_form_fields: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

/** `data` of `participant.profile_updated`. */
export interface ParticipantUpdated {
  id: string;
  event_id: string;
  user_id: string;
  application_id: string;
  display_name: string;
  role: Role;
  application_status: ApplicationStatus;
  submitted_at: string;
  registered_at: string | null;
  registration_wave_id: string | null;
  last_reviewed_at: string | null;
  last_reviewer_id: string | null;
  last_review_action: ReviewAction | null;
  custom_form_fields: Record<string, unknown>;
  created_at: string;
  updated_at: string;
  changed_fields: string[];
}

/** The signed-in person's own application for the token's event: `/me/application`. */
export interface MyApplication {
  id: string;
  event_id: string;
  participant_id: string;
  user_id: string;
  role: Role;
  status: ApplicationStatus;
  submitted_at: string;
  registered_at: string | null;
  registration_wave_id: string | null;
  last_reviewed_at: string | null;
  last_review_action: ReviewAction | null;
  updated_at: string;
}

/** What all four `application.*` types share. */
export interface ApplicationEvent {
  id: string;
  participant_id: string;
  user_id: string;
  status: ApplicationStatus;
  role: Role;
  custom_form_fields: Record<string, unknown>;
}

/** `data` of `application.submitted`: the first submit and every resubmit. */
export interface ApplicationSubmitted {
  id: string;
  participant_id: string;
  user_id: string;
  status: ApplicationStatus;
  role: Role;
  custom_form_fields: Record<string, unknown>;
  submitted_at: string;
}

/** `data` of `application.approved`. */
export interface ApplicationApproved {
  id: string;
  participant_id: string;
  user_id: string;
  status: ApplicationStatus;
  role: Role;
  custom_form_fields: Record<string, unknown>;
  approved_at: string;
  approver_id: string;
}

/** `data` of `application.rejected`. */
export interface ApplicationRejected {
  id: string;
  participant_id: string;
  user_id: string;
  status: ApplicationStatus;
  role: Role;
  custom_form_fields: Record<string, unknown>;
  rejected_at: string;
  rejecter_id: string;
}

/** `data` of `application.revision_requested`; the note to the applicant stays in the house. */
export interface ApplicationRevisionRequested {
  id: string;
  participant_id: string;
  user_id: string;
  status: ApplicationStatus;
  role: Role;
  custom_form_fields: Record<string, unknown>;
  revision_requested_at: string;
  requester_id: string;
}

/** Who holds an activity; `participant_id` is null for a host known by name only. */
export interface Host {
  participant_id: string | null;
  display_name: string;
}

/** One item of the program. A draft appears nowhere. */
export interface Activity {
  id: string;
  event_id: string;
  thread_id: string | null;
  location_id: string | null;
  title: string;
  description: string;
  status: ActivityStatus;
  starts_at: string;
  ends_at: string;
  min_age: MinAge;
  language: string | null;
  hosts: Host[];
  capacity: number | null;
  signup_count: number;
  waitlist_count: number;
  capacity_state: CapacityState;
  created_at: string;
  updated_at: string;
}

/** `data` of `activity.updated`; `previous` holds the old values of `changed_fields`. */
export interface ActivityUpdated {
  id: string;
  event_id: string;
  thread_id: string | null;
  location_id: string | null;
  title: string;
  description: string;
  status: ActivityStatus;
  starts_at: string;
  ends_at: string;
  min_age: MinAge;
  language: string | null;
  hosts: Host[];
  capacity: number | null;
  signup_count: number;
  waitlist_count: number;
  capacity_state: CapacityState;
  created_at: string;
  updated_at: string;
  changed_fields: string[];
  previous: Record<string, unknown>;
}

/** A track of the program. */
export interface Thread {
  id: string;
  event_id: string;
  title: string;
  description: string;
  color: string;
  position: number;
  created_at: string;
  updated_at: string;
}

/** A node of the tree venue > building > floor > room. */
export interface Location {
  id: string;
  event_id: string;
  parent_id: string | null;
  kind: LocationKind;
  name: string;
  capacity: number | null;
  accessibility: string;
  position: number;
  created_at: string;
  updated_at: string;
}

/** A registration wave: when people of one role may apply. */
export interface Wave {
  id: string;
  event_id: string;
  title: string;
  role: Role;
  opens_at: string;
  closes_at: string;
  capacity: number | null;
  status: WaveStatus;
  created_at: string;
  updated_at: string;
}

/** The activities that start on one date of the event's time zone, by start. */
export interface ProgramDay {
  date: string;
  activities: Activity[];
}

/** The whole program as one document. */
export interface Program {
  event_id: string;
  time_zone: string;
  updated_at: string;
  threads: Thread[];
  locations: Location[];
  days: ProgramDay[];
}

/** Name and e-mail of the person who consented. */
export interface Profile {
  id: string;
  name: string;
  email: string;
  email_verified: boolean;
  locale: string;
}

/** `data` of `data.deletion_required`: what must be erased, and until when. */
export interface DeletionRequired {
  deletion_id: string;
  subject: "event" | "participant";
  participant_id: string | null;
  user_id: string | null;
  reason: string;
  deadline_at: string;
}

/** `data` of `integration.suspended`. */
export interface IntegrationSuspended {
  integration_id: string;
  reason: string;
  suspended_at: string;
}

/** `data` of `integration.resumed`. */
export interface IntegrationResumed {
  integration_id: string;
  reason: string;
  suspended_at: string;
  resumed_at: string;
}

/** `data` of `webhook.test`. */
export interface Test {
  message: string;
}

/** A person applies, or applies again after a revision request. */
export interface ApplicationSubmittedMessage {
  id: string;
  type: "application.submitted";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: ApplicationSubmitted;
}

/** A reviewer approves an application. */
export interface ApplicationApprovedMessage {
  id: string;
  type: "application.approved";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: ApplicationApproved;
}

/** A reviewer rejects an application. */
export interface ApplicationRejectedMessage {
  id: string;
  type: "application.rejected";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: ApplicationRejected;
}

/** A reviewer asks the applicant for changes. The note to the applicant is not sent. */
export interface ApplicationRevisionRequestedMessage {
  id: string;
  type: "application.revision_requested";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: ApplicationRevisionRequested;
}

/** A participant's place in the event is confirmed. */
export interface ParticipantRegisteredMessage {
  id: string;
  type: "participant.registered";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: Participant;
}

/** A participant's display name, role or a shared form field changes. */
export interface ParticipantProfileUpdatedMessage {
  id: string;
  type: "participant.profile_updated";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: ParticipantUpdated;
}

/** A published activity is created, changed or cancelled. */
export interface ActivityUpdatedMessage {
  id: string;
  type: "activity.updated";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: ActivityUpdated;
}

/** An activity fills up or frees places; at most one per activity in 30 seconds, the last state wins. */
export interface ActivityCapacityStateChangedMessage {
  id: string;
  type: "activity.capacity_state_changed";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: Activity;
}

/** The published event itself changes. */
export interface EventUpdatedMessage {
  id: string;
  type: "event.updated";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: EventUpdated;
}

/** A connection ended or a person left: erase what you hold until the deadline, then confirm. */
export interface DataDeletionRequiredMessage {
  id: string;
  type: "data.deletion_required";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: DeletionRequired;
}

/** The platform's operator suspends the integration. */
export interface IntegrationSuspendedMessage {
  id: string;
  type: "integration.suspended";
  occurred_at: string;
  event_id: null;
  organization_id: null;
  data: IntegrationSuspended;
}

/** The operator lifts a suspension. */
export interface IntegrationResumedMessage {
  id: string;
  type: "integration.resumed";
  occurred_at: string;
  event_id: null;
  organization_id: null;
  data: IntegrationResumed;
}

/** Somebody presses “Send a test” in the developer console. */
export interface WebhookTestMessage {
  id: string;
  type: "webhook.test";
  occurred_at: string;
  event_id: string;
  organization_id: string;
  data: Test;
}

/** Any webhook message; `type` tells which. */
export type Message =
  | ApplicationSubmittedMessage
  | ApplicationApprovedMessage
  | ApplicationRejectedMessage
  | ApplicationRevisionRequestedMessage
  | ParticipantRegisteredMessage
  | ParticipantProfileUpdatedMessage
  | ActivityUpdatedMessage
  | ActivityCapacityStateChangedMessage
  | EventUpdatedMessage
  | DataDeletionRequiredMessage
  | IntegrationSuspendedMessage
  | IntegrationResumedMessage
  | WebhookTestMessage;
export type MessageType = Message["type"];
