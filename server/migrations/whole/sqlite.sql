CREATE TABLE "action_item" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "match_id" CHAR(36) NOT NULL,
    "owner_id" CHAR(36) NOT NULL,
    "text" TEXT NOT NULL,
    "due_on" DATE,
    "done_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "session_id" CHAR(36) REFERENCES "session" ("id") ON DELETE SET NULL
);
CREATE TABLE "agenda_item" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "position" SMALLINT NOT NULL,
    "topic" TEXT NOT NULL,
    "question" TEXT NOT NULL,
    "minutes" SMALLINT NOT NULL,
    "source" VARCHAR(20) NOT NULL,
    "talked_about" INT NOT NULL,
    "added_by_id" CHAR(36),
    "session_id" CHAR(36) NOT NULL REFERENCES "session" ("id") ON DELETE CASCADE
);
CREATE TABLE "audit_event" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "actor_kind" VARCHAR(20) NOT NULL,
    "actor_id" VARCHAR(60) NOT NULL,
    "action" VARCHAR(80) NOT NULL,
    "target_kind" VARCHAR(40) NOT NULL,
    "target_id" CHAR(36),
    "detail" JSON NOT NULL
);
CREATE TABLE "availability_block" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "weekday" SMALLINT NOT NULL,
    "start_minute" SMALLINT NOT NULL,
    "end_minute" SMALLINT NOT NULL,
    "source" VARCHAR(10) NOT NULL  /* FILE: FILE\nPERSON: PERSON\nSYSTEM: SYSTEM */,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE
);
CREATE TABLE "caught_mail" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36),
    "message_id" CHAR(36),
    "recipient" VARCHAR(254) NOT NULL,
    "source" TEXT NOT NULL,
    "caught_at" TIMESTAMP NOT NULL,
    "opened_at" TIMESTAMP
);
CREATE TABLE "clock_shift" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "seconds" BIGINT NOT NULL
);
CREATE TABLE "cohort" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "key" VARCHAR(60) NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "state" VARCHAR(20) NOT NULL  /* DRAFT: DRAFT\nENROLLING: ENROLLING\nMATCHING: MATCHING\nRUNNING: RUNNING\nCLOSING: CLOSING\nCLOSED: CLOSED\nARCHIVED: ARCHIVED */,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE,
    "next_opens_on" DATE,
    "hear_by_on" DATE,
    "created_at" TIMESTAMP NOT NULL,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE RESTRICT, "enrol_by_on" DATE, "announce_on" DATE,
    CONSTRAINT "uid_cohort_program_780227" UNIQUE ("program_id", "key")
);
CREATE TABLE "competency" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "key" VARCHAR(80) NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "description" TEXT NOT NULL,
    "aliases" JSON NOT NULL,
    "retired_at" TIMESTAMP,
    "organization_id" CHAR(36) NOT NULL REFERENCES "organization" ("id") ON DELETE RESTRICT,
    "parent_id" CHAR(36) REFERENCES "competency" ("id") ON DELETE SET NULL,
    CONSTRAINT "uid_competency_organiz_a1da7f" UNIQUE ("organization_id", "key")
);
CREATE TABLE "conflict_of_interest" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "one_id" CHAR(36) NOT NULL,
    "other_id" CHAR(36) NOT NULL,
    "reason" TEXT NOT NULL,
    "declared_by" VARCHAR(60) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "lifted_at" TIMESTAMP,
    "lifted_by" VARCHAR(60)
);
CREATE TABLE "consent" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "purpose" VARCHAR(20) NOT NULL  /* MATCHING: MATCHING\nRESULTS: RESULTS\nALUMNI: ALUMNI */,
    "given" INT NOT NULL,
    "channel" VARCHAR(20) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    "text_id" CHAR(36) NOT NULL REFERENCES "consent_text" ("id") ON DELETE RESTRICT
);
CREATE TABLE "consent_text" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "purpose" VARCHAR(20) NOT NULL  /* MATCHING: MATCHING\nRESULTS: RESULTS\nALUMNI: ALUMNI */,
    "version" INT NOT NULL,
    "wording" TEXT NOT NULL,
    "explanation" TEXT NOT NULL,
    "required" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_consent_tex_organiz_9e19d6" UNIQUE ("organization_id", "purpose", "version")
);
CREATE TABLE "course" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "key" VARCHAR(120) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "tags" JSON NOT NULL,
    "organization_id" CHAR(36) NOT NULL REFERENCES "organization" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_course_organiz_edaf63" UNIQUE ("organization_id", "key")
);
CREATE TABLE "course_completion" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "completed_on" DATE NOT NULL,
    "course_id" CHAR(36) NOT NULL REFERENCES "course" ("id") ON DELETE CASCADE,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_course_comp_person__342f73" UNIQUE ("person_id", "course_id")
);
CREATE TABLE "course_skill" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "competency_id" CHAR(36) NOT NULL REFERENCES "competency" ("id") ON DELETE CASCADE,
    "course_id" CHAR(36) NOT NULL REFERENCES "course" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_course_skil_course__f055f8" UNIQUE ("course_id", "competency_id")
);
CREATE TABLE "enrollment" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "role" VARCHAR(20) NOT NULL  /* MENTOR: MENTOR\nMENTEE: MENTEE\nPEER: PEER\nFACILITATOR: FACILITATOR */,
    "state" VARCHAR(20) NOT NULL  /* INVITED: INVITED\nIN_PROGRESS: IN_PROGRESS\nPENDING_APPROVAL: PENDING_APPROVAL\nWAITLISTED: WAITLISTED\nACTIVE: ACTIVE\nPAUSED: PAUSED\nCOMPLETED: COMPLETED\nDECLINED: DECLINED\nEXPIRED: EXPIRED\nWITHDRAWN: WITHDRAWN\nREMOVED: REMOVED\nDEPROVISIONED: DEPROVISIONED */,
    "capacity" INT NOT NULL,
    "waited_cycles" INT NOT NULL,
    "invited_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP,
    "started_at" TIMESTAMP,
    "submitted_at" TIMESTAMP,
    "active_at" TIMESTAMP,
    "ended_at" TIMESTAMP,
    "paused_until" DATE,
    "cohort_id" CHAR(36) NOT NULL REFERENCES "cohort" ("id") ON DELETE RESTRICT,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE RESTRICT, "decision_reason" TEXT NOT NULL DEFAULT '', "place_asked_at" TIMESTAMP, "place_given" INT,
    CONSTRAINT "uid_enrollment_cohort__e3b21a" UNIQUE ("cohort_id", "person_id", "role")
);
CREATE TABLE "form_answer" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "numbers" JSON NOT NULL,
    "words" TEXT NOT NULL,
    "answered_at" TIMESTAMP NOT NULL,
    "invitation_id" CHAR(36) NOT NULL UNIQUE REFERENCES "form_invitation" ("id") ON DELETE CASCADE
);
CREATE TABLE "form_ballot" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "week" DATE,
    "numbers" JSON NOT NULL,
    "words" TEXT NOT NULL,
    "form_id" CHAR(36) NOT NULL REFERENCES "survey_form" ("id") ON DELETE CASCADE
);
CREATE TABLE "form_invitation" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "form_key" VARCHAR(30) NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "person_id" CHAR(36) NOT NULL,
    "occasion" VARCHAR(60) NOT NULL,
    "state" VARCHAR(10) NOT NULL  /* PLANNED: PLANNED\nOPEN: OPEN\nANSWERED: ANSWERED\nEXPIRED: EXPIRED */,
    "opened_at" TIMESTAMP NOT NULL,
    "closes_at" TIMESTAMP NOT NULL,
    "form_id" CHAR(36) NOT NULL REFERENCES "survey_form" ("id") ON DELETE CASCADE,
    "match_id" CHAR(36) NOT NULL REFERENCES "match" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_form_invita_match_i_ed7e39" UNIQUE ("match_id", "person_id", "form_key", "occasion")
);
CREATE TABLE "goal" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "person_id" CHAR(36) NOT NULL,
    "match_id" CHAR(36),
    "state" VARCHAR(15) NOT NULL  /* DRAFT: DRAFT\nACTIVE: ACTIVE\nACHIEVED: ACHIEVED\nABANDONED: ABANDONED\nCARRIED_OVER: CARRIED_OVER */,
    "in_focus" INT NOT NULL,
    "want" TEXT NOT NULL,
    "measure" TEXT NOT NULL,
    "due_on" DATE,
    "version" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "settled_at" TIMESTAMP,
    "competency_id" CHAR(36) REFERENCES "competency" ("id") ON DELETE SET NULL,
    "enrollment_id" CHAR(36) NOT NULL REFERENCES "enrollment" ("id") ON DELETE RESTRICT
, "privacy" VARCHAR(10) NOT NULL  /* PRIVATE: PRIVATE\nPAIR: PAIR\nMANAGERS: MANAGERS */ DEFAULT 'PAIR');
CREATE TABLE "goal_version" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "version" INT NOT NULL,
    "want" TEXT NOT NULL,
    "measure" TEXT NOT NULL,
    "competency_id" CHAR(36),
    "due_on" DATE,
    "why" TEXT NOT NULL,
    "changed_by_id" CHAR(36) NOT NULL,
    "changed_at" TIMESTAMP NOT NULL,
    "partner_agreed_at" TIMESTAMP,
    "goal_id" CHAR(36) NOT NULL REFERENCES "goal" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_goal_versio_goal_id_f9de52" UNIQUE ("goal_id", "version")
);
CREATE TABLE "guide_use" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "guide" VARCHAR(20) NOT NULL  /* FIRST_SESSION: FIRST_SESSION\nFEEDBACK: FEEDBACK\nCLOSING: CLOSING */,
    "side" VARCHAR(10) NOT NULL,
    "opened" INT NOT NULL,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_guide_use_program_e73f68" UNIQUE ("program_id", "guide", "side")
);
CREATE TABLE "import_run" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "file_name" VARCHAR(200) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "content" BLOB NOT NULL,
    "complete" INT NOT NULL,
    "state" VARCHAR(10) NOT NULL  /* PREVIEWED: PREVIEWED\nRUNNING: RUNNING\nDONE: DONE\nSTOPPED: STOPPED */,
    "rows_total" INT NOT NULL,
    "rows_applied" INT NOT NULL,
    "summary" JSON NOT NULL,
    "corrections" JSON NOT NULL,
    "mapping" JSON NOT NULL,
    "defaults" JSON NOT NULL,
    "started_by" VARCHAR(60) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "finished_at" TIMESTAMP
);
CREATE TABLE "learned_model" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "program_type" VARCHAR(20) NOT NULL  /* ONE_TO_ONE: ONE_TO_ONE\nREVERSE: REVERSE\nPEER: PEER\nCIRCLE: CIRCLE\nFLASH: FLASH\nONBOARDING: ONBOARDING\nHIGH_POTENTIAL: HIGH_POTENTIAL\nCROSS_COMPANY: CROSS_COMPANY */,
    "number" INT NOT NULL,
    "state" VARCHAR(10) NOT NULL  /* RUNNING: RUNNING\nDONE: DONE\nFAILED: FAILED\nCANCELLED: CANCELLED */,
    "models" JSON NOT NULL,
    "report" JSON NOT NULL,
    "calibrated" INT NOT NULL,
    "based_on" INT NOT NULL,
    "started_by" VARCHAR(60) NOT NULL,
    "started_at" TIMESTAMP NOT NULL,
    "finished_at" TIMESTAMP,
    CONSTRAINT "uid_learned_mod_organiz_e0b917" UNIQUE ("organization_id", "program_type", "number")
);
CREATE TABLE "mailbox_state" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "address_mark" VARCHAR(64) NOT NULL,
    "failures" INT NOT NULL,
    "status" VARCHAR(12) NOT NULL,
    "dead_at" TIMESTAMP,
    "changed_at" TIMESTAMP NOT NULL,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_mailbox_sta_person__19c860" UNIQUE ("person_id", "address_mark")
);
CREATE TABLE "match" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "state" VARCHAR(20) NOT NULL  /* DRAFT: DRAFT\nAWAITING_ADMIN: AWAITING_ADMIN\nAWAITING_MENTOR: AWAITING_MENTOR\nAWAITING_MENTEE: AWAITING_MENTEE\nAWAITING_BOTH: AWAITING_BOTH\nACTIVE: ACTIVE\nPAUSED: PAUSED\nDURATION_COMPLETED: DURATION_COMPLETED\nCOMPLETED: COMPLETED\nCONCLUDED: CONCLUDED\nDECLINED: DECLINED\nEXPIRED: EXPIRED\nCANCELLED: CANCELLED */,
    "origin" VARCHAR(10) NOT NULL  /* ENGINE: ENGINE\nMANAGER: MANAGER\nMENTEE: MENTEE\nMENTOR: MENTOR */,
    "run_id" CHAR(36),
    "fit" INT,
    "confidence" REAL,
    "calibrated_on" INT NOT NULL,
    "explanation" JSON NOT NULL,
    "held_back" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "published_at" TIMESTAMP,
    "answer_by" TIMESTAMP,
    "active_at" TIMESTAMP,
    "ends_on" DATE,
    "ended_at" TIMESTAMP,
    "closure_reason" VARCHAR(20)   /* DURATION: DURATION\nGOAL_REACHED: GOAL_REACHED\nNO_FAULT: NO_FAULT\nSCHEDULE: SCHEDULE\nPOOR_FIT: POOR_FIT\nUNRESPONSIVE: UNRESPONSIVE\nDEPARTURE: DEPARTURE\nCONDUCT: CONDUCT\nOTHER: OTHER */,
    "rematch_of_id" CHAR(36),
    "cohort_id" CHAR(36) NOT NULL REFERENCES "cohort" ("id") ON DELETE RESTRICT,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE RESTRICT
, "paused_until" DATE, "paused_on" DATE, "proposed_by_id" CHAR(36), "proposed_end_on" DATE, "based_on" INT, "kind" VARCHAR(10) NOT NULL  /* PAIR: PAIR\nCIRCLE: CIRCLE */ DEFAULT 'PAIR');
CREATE TABLE "match_member" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "role" VARCHAR(20) NOT NULL  /* MENTOR: MENTOR\nMENTEE: MENTEE\nPEER: PEER\nFACILITATOR: FACILITATOR */,
    "approval" VARCHAR(12) NOT NULL  /* PENDING: PENDING\nACCEPTED: ACCEPTED\nDECLINED: DECLINED\nNOT_NEEDED: NOT_NEEDED */,
    "answered_at" TIMESTAMP,
    "decline_reason" VARCHAR(20)   /* CLOSER_TO_GOAL: CLOSER_TO_GOAL\nTIMES: TIMES\nKNOW_EACH_OTHER: KNOW_EACH_OTHER\nNO_ROOM: NO_ROOM\nNOT_SAID: NOT_SAID */,
    "enrollment_id" CHAR(36) NOT NULL REFERENCES "enrollment" ("id") ON DELETE RESTRICT,
    "match_id" CHAR(36) NOT NULL REFERENCES "match" ("id") ON DELETE CASCADE,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT, "left_at" TIMESTAMP,
    CONSTRAINT "uid_match_membe_match_i_692d77" UNIQUE ("match_id", "person_id")
);
CREATE TABLE "match_note" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "words" TEXT NOT NULL,
    "version" INT NOT NULL,
    "written_by_id" CHAR(36) NOT NULL,
    "written_at" TIMESTAMP NOT NULL,
    "match_id" CHAR(36) NOT NULL UNIQUE REFERENCES "match" ("id") ON DELETE CASCADE
);
CREATE TABLE "match_override" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "cohort_id" CHAR(36) NOT NULL,
    "match_id" CHAR(36),
    "mentor_enrollment_id" CHAR(36) NOT NULL,
    "mentee_enrollment_id" CHAR(36) NOT NULL,
    "kind" VARCHAR(10) NOT NULL  /* LOCK: LOCK\nPIN: PIN\nBAN: BAN */,
    "reason" TEXT NOT NULL,
    "decided_by" VARCHAR(60) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "lifted_at" TIMESTAMP
, "lifted_by" VARCHAR(60));
CREATE TABLE "match_run" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "state" VARCHAR(10) NOT NULL  /* RUNNING: RUNNING\nDONE: DONE\nFAILED: FAILED */,
    "engine_version" VARCHAR(40) NOT NULL,
    "weights_version" VARCHAR(40) NOT NULL,
    "weights" JSON NOT NULL,
    "rules" JSON NOT NULL,
    "seed" INT NOT NULL,
    "pool_digest" VARCHAR(64) NOT NULL,
    "result" JSON NOT NULL,
    "started_by" VARCHAR(60) NOT NULL,
    "started_at" TIMESTAMP NOT NULL,
    "finished_at" TIMESTAMP,
    "cohort_id" CHAR(36) NOT NULL REFERENCES "cohort" ("id") ON DELETE RESTRICT,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE RESTRICT
, "percent" SMALLINT, "step" VARCHAR(20)   /* SEARCHING: SEARCHING\nASSIGNING: ASSIGNING\nEXPLAINING: EXPLAINING */, "after_id" CHAR(36), "kind" VARCHAR(10) NOT NULL  /* FULL: FULL\nPREVIEW: PREVIEW\nNEWCOMERS: NEWCOMERS\nSINGLE: SINGLE */ DEFAULT 'FULL', "counted_at" TIMESTAMP);
CREATE TABLE "match_suggestion" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "mentor_enrollment_id" CHAR(36) NOT NULL,
    "mentee_enrollment_id" CHAR(36) NOT NULL,
    "rank" INT NOT NULL,
    "chosen" INT NOT NULL,
    "fit" REAL NOT NULL,
    "confidence" REAL NOT NULL,
    "propensity" REAL NOT NULL,
    "factors" JSON NOT NULL,
    "run_id" CHAR(36) NOT NULL REFERENCES "match_run" ("id") ON DELETE CASCADE
, "evidence" JSON);
CREATE TABLE "match_trial" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "person_id" CHAR(36) NOT NULL,
    "files" TEXT NOT NULL,
    "settings" JSON NOT NULL,
    "result" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "matched_at" TIMESTAMP,
    "erase_at" TIMESTAMP NOT NULL
);
CREATE TABLE "message" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "message_class" VARCHAR(15) NOT NULL  /* TRANSACTIONAL: TRANSACTIONAL\nNUDGE: NUDGE\nSURVEY: SURVEY\nREPORT: REPORT */,
    "channel" VARCHAR(10) NOT NULL  /* EMAIL: EMAIL */,
    "subject_id" CHAR(36),
    "facts" JSON NOT NULL,
    "trigger" VARCHAR(80) NOT NULL,
    "dedupe_key" VARCHAR(200) NOT NULL UNIQUE,
    "state" VARCHAR(12) NOT NULL  /* PLANNED: PLANNED\nQUEUED: QUEUED\nSENT: SENT\nDELIVERED: DELIVERED\nFAILED: FAILED\nSUPPRESSED: SUPPRESSED */,
    "reason" VARCHAR(200) NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "sent_at" TIMESTAMP,
    "attempts" INT NOT NULL,
    "crashes" INT NOT NULL,
    "lease_owner" VARCHAR(60) NOT NULL,
    "lease_until" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "recipient_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE
, "digest_id" CHAR(36), "acted_at" TIMESTAMP, "arm" VARCHAR(10) NOT NULL  /* NONE: NONE\nNUDGED: NUDGED\nHELD_OUT: HELD_OUT */ DEFAULT 'NONE', "bounced_at" TIMESTAMP, "fallback" VARCHAR(10)   /* EMAIL: EMAIL\nPUSH: PUSH */, "falls_back_at" TIMESTAMP, "program_id" CHAR(36), "read_at" TIMESTAMP, "tapped_at" TIMESTAMP, "own" VARCHAR(20) NOT NULL DEFAULT '');
CREATE TABLE "milestone" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "position" SMALLINT NOT NULL,
    "title" TEXT NOT NULL,
    "due_on" DATE,
    "state" VARCHAR(10) NOT NULL  /* TODO: TODO\nDONE: DONE\nDROPPED: DROPPED */,
    "done_at" TIMESTAMP,
    "goal_id" CHAR(36) NOT NULL REFERENCES "goal" ("id") ON DELETE CASCADE
);
CREATE TABLE "nudge_day" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "day" DATE NOT NULL,
    "message_id" CHAR(36) NOT NULL,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_nudge_day_person__805fb1" UNIQUE ("person_id", "day")
);
CREATE TABLE "opening_wish" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "told_at" TIMESTAMP,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_opening_wis_program_d61c1f" UNIQUE ("program_id", "person_id")
);
CREATE TABLE "organization" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "key" VARCHAR(60) NOT NULL UNIQUE,
    "name" VARCHAR(120) NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "language" VARCHAR(20) NOT NULL,
    "location_zones" JSON NOT NULL,
    "seniority_words" JSON NOT NULL,
    "terminology" JSON NOT NULL,
    "is_demo" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL
);
CREATE TABLE "outbox_event" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "kind" VARCHAR(80) NOT NULL,
    "subject_id" CHAR(36),
    "payload" JSON NOT NULL,
    "not_before" TIMESTAMP NOT NULL,
    "delivered_at" TIMESTAMP,
    "withdrawn_at" TIMESTAMP,
    "parked_at" TIMESTAMP,
    "attempts" INT NOT NULL,
    "crashes" INT NOT NULL,
    "lease_owner" VARCHAR(60) NOT NULL,
    "lease_until" TIMESTAMP,
    "last_error" VARCHAR(200) NOT NULL
);
CREATE TABLE "person" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "employee_id" VARCHAR(120) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "given_name" VARCHAR(120) NOT NULL,
    "family_name" VARCHAR(120) NOT NULL,
    "preferred_name" VARCHAR(120) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "department" VARCHAR(200) NOT NULL,
    "business_unit" VARCHAR(200) NOT NULL,
    "company" VARCHAR(200) NOT NULL,
    "location" VARCHAR(200) NOT NULL,
    "country" VARCHAR(2) NOT NULL,
    "job_family" VARCHAR(200) NOT NULL,
    "seniority" INT,
    "hire_date" DATE,
    "role_start_date" DATE,
    "end_date" DATE,
    "status" VARCHAR(10) NOT NULL  /* ACTIVE: ACTIVE\nLEAVE: LEAVE\nENDED: ENDED */,
    "performance_rating" REAL,
    "zone" VARCHAR(64) NOT NULL,
    "zone_assumed" INT NOT NULL,
    "language" VARCHAR(20) NOT NULL,
    "languages" JSON NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "line_manager_id" CHAR(36) REFERENCES "person" ("id") ON DELETE SET NULL,
    "organization_id" CHAR(36) NOT NULL REFERENCES "organization" ("id") ON DELETE RESTRICT, "search" TEXT,
    CONSTRAINT "uid_person_organiz_70d121" UNIQUE ("organization_id", "employee_id"),
    CONSTRAINT "uid_person_organiz_ecfda1" UNIQUE ("organization_id", "email")
);
CREATE TABLE "person_attribute" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "name" VARCHAR(40) NOT NULL,
    "value" VARCHAR(254) NOT NULL,
    "valid_from" TIMESTAMP NOT NULL,
    "source" VARCHAR(10) NOT NULL  /* FILE: FILE\nPERSON: PERSON\nSYSTEM: SYSTEM */,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE
);
CREATE TABLE "person_skill" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "side" VARCHAR(10) NOT NULL  /* OFFERED: OFFERED\nWANTED: WANTED */,
    "position" SMALLINT NOT NULL,
    "source" VARCHAR(10) NOT NULL  /* FILE: FILE\nPERSON: PERSON\nSYSTEM: SYSTEM */,
    "competency_id" CHAR(36) NOT NULL REFERENCES "competency" ("id") ON DELETE CASCADE,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_person_skil_person__cdf9ae" UNIQUE ("person_id", "competency_id", "side")
);
CREATE TABLE "preference" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "enrollment_id" CHAR(36) NOT NULL,
    "about_enrollment_id" CHAR(36) NOT NULL,
    "kind" VARCHAR(12) NOT NULL  /* WISH: WISH\nFAVOURITE: FAVOURITE\nNOT_FOR_ME: NOT_FOR_ME */,
    "rank" SMALLINT NOT NULL,
    "at" TIMESTAMP NOT NULL, "reason" VARCHAR(20)   /* CLOSER_TO_GOAL: CLOSER_TO_GOAL\nTIMES: TIMES\nKNOW_EACH_OTHER: KNOW_EACH_OTHER\nNO_ROOM: NO_ROOM\nNOT_SAID: NOT_SAID */,
    CONSTRAINT "uid_preference_enrollm_3ef364" UNIQUE ("enrollment_id", "about_enrollment_id", "kind")
);
CREATE TABLE "profile" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "about" TEXT NOT NULL,
    "words_for_mentees" VARCHAR(300) NOT NULL,
    "skill_text" TEXT NOT NULL,
    "goal_text" TEXT NOT NULL,
    "life_stage" VARCHAR(60) NOT NULL,
    "look" VARCHAR(10) NOT NULL  /* SYSTEM: SYSTEM\nLIGHT: LIGHT\nDARK: DARK */,
    "muted_kinds" JSON NOT NULL,
    "own_fields" JSON NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "person_id" CHAR(36) NOT NULL UNIQUE REFERENCES "person" ("id") ON DELETE CASCADE
, "keys_off_at" TIMESTAMP, "install_refused_at" TIMESTAMP, "push_refused_at" TIMESTAMP, "pref_department" VARCHAR(10) NOT NULL  /* ANY: ANY\nSAME: SAME\nDIFFERENT: DIFFERENT */ DEFAULT 'ANY', "styles" JSON NOT NULL DEFAULT '[]');
CREATE TABLE "program" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "key" VARCHAR(60) NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "type" VARCHAR(20) NOT NULL  /* ONE_TO_ONE: ONE_TO_ONE\nREVERSE: REVERSE\nPEER: PEER\nCIRCLE: CIRCLE\nFLASH: FLASH\nONBOARDING: ONBOARDING\nHIGH_POTENTIAL: HIGH_POTENTIAL\nCROSS_COMPANY: CROSS_COMPANY */,
    "state" VARCHAR(20) NOT NULL  /* DRAFT: DRAFT\nENROLLING: ENROLLING\nMATCHING: MATCHING\nRUNNING: RUNNING\nCLOSING: CLOSING\nCLOSED: CLOSED\nARCHIVED: ARCHIVED */,
    "cadence" VARCHAR(10) NOT NULL  /* COHORT: COHORT\nROLLING: ROLLING */,
    "duration_days" INT NOT NULL,
    "sessions_per_month" INT NOT NULL,
    "session_minutes" INT NOT NULL,
    "approvals" VARCHAR(10) NOT NULL  /* NONE: NONE\nMENTOR: MENTOR\nMENTEE: MENTEE\nBOTH: BOTH */,
    "admin_approves_matches" INT NOT NULL,
    "admin_approves_admission" INT NOT NULL,
    "answer_within_days" INT NOT NULL,
    "invitation_days" INT NOT NULL,
    "places_max" INT NOT NULL,
    "meeting_url" VARCHAR(500) NOT NULL,
    "weights" JSON NOT NULL,
    "rules" JSON NOT NULL,
    "note_prompts" JSON NOT NULL,
    "goal_examples" JSON NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "organization_id" CHAR(36) NOT NULL REFERENCES "organization" ("id") ON DELETE RESTRICT, "asked_first" VARCHAR(10) NOT NULL  /* TOGETHER: TOGETHER\nMENTOR: MENTOR\nMENTEE: MENTEE */ DEFAULT 'TOGETHER', "mentees_may_ask" INT NOT NULL DEFAULT 0, "mentors_may_ask" INT NOT NULL DEFAULT 0, "pause_moves_end" INT NOT NULL DEFAULT 0, "mentees_may_wish" INT NOT NULL DEFAULT 0, "mentors_may_wish" INT NOT NULL DEFAULT 0, "weights_version" INT, "circles" VARCHAR(10) NOT NULL  /* NONE: NONE\nWAITING: WAITING\nEVERYBODY: EVERYBODY */ DEFAULT 'NONE', "triggers" JSON NOT NULL DEFAULT '{}', "held_out_percent" INT NOT NULL DEFAULT 0, "messages" JSON NOT NULL DEFAULT '{}', "audience" JSON NOT NULL DEFAULT '{}', "reports" JSON NOT NULL DEFAULT '{}', "surveys" JSON NOT NULL DEFAULT '[]', "goal_privacy" JSON NOT NULL DEFAULT '{}', "terminology" JSON NOT NULL DEFAULT '{}', "branding" JSON NOT NULL DEFAULT '{}', "resources" JSON NOT NULL DEFAULT '{}', "training" JSON NOT NULL DEFAULT '[]', "intake" JSON NOT NULL DEFAULT '{}', "permissions" JSON NOT NULL DEFAULT '{}',
    CONSTRAINT "uid_program_organiz_267a0e" UNIQUE ("organization_id", "key")
);
CREATE TABLE "program_file" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "kind" VARCHAR(10) NOT NULL  /* PDF: pdf\nPNG: png\nJPEG: jpg\nDOCX: docx\nXLSX: xlsx\nPPTX: pptx\nODT: odt\nODS: ods\nODP: odp */,
    "size" INT NOT NULL,
    "content" BLOB NOT NULL,
    "uploaded_by" VARCHAR(60) NOT NULL,
    "uploaded_at" TIMESTAMP NOT NULL,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_program_fil_program_470db8" UNIQUE ("program_id", "digest")
);
CREATE TABLE "program_version" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "number" INT NOT NULL,
    "state" VARCHAR(10) NOT NULL  /* DRAFT: DRAFT\nREVIEW: REVIEW\nLIVE: LIVE\nPAST: PAST */,
    "content" JSON NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "based_on" INT,
    "restores" INT,
    "made_by" VARCHAR(60) NOT NULL,
    "made_at" TIMESTAMP NOT NULL,
    "live_by" VARCHAR(60) NOT NULL,
    "live_at" TIMESTAMP,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_program_ver_program_3b65b5" UNIQUE ("program_id", "number")
);
CREATE TABLE "proposal" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "cohort_id" CHAR(36) NOT NULL,
    "mentor_enrollment_id" CHAR(36) NOT NULL,
    "mentee_enrollment_id" CHAR(36) NOT NULL,
    "origin" VARCHAR(10) NOT NULL  /* ENGINE: ENGINE\nMANAGER: MANAGER\nMENTEE: MENTEE\nMENTOR: MENTOR */,
    "decided_by" VARCHAR(60) NOT NULL,
    "run_id" CHAR(36),
    "engine_version" VARCHAR(40) NOT NULL,
    "model_version" VARCHAR(60) NOT NULL,
    "weights_version" VARCHAR(40) NOT NULL,
    "features" JSON NOT NULL,
    "fit" REAL,
    "confidence" REAL,
    "calibrated" INT NOT NULL,
    "based_on" INT,
    "rank_for_mentor" INT,
    "rank_for_mentee" INT,
    "shown" JSON NOT NULL,
    "propensity" REAL,
    "seed" INT,
    "at" TIMESTAMP NOT NULL,
    "match_id" CHAR(36) NOT NULL UNIQUE REFERENCES "match" ("id") ON DELETE CASCADE
);
CREATE TABLE "push_key" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "number" INT NOT NULL UNIQUE,
    "point" VARCHAR(100) NOT NULL,
    "secret" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL
);
CREATE TABLE "push_notice" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "state" VARCHAR(12) NOT NULL  /* PLANNED: PLANNED\nQUEUED: QUEUED\nSENT: SENT\nDELIVERED: DELIVERED\nFAILED: FAILED\nSUPPRESSED: SUPPRESSED */,
    "reason" VARCHAR(200) NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "sent_at" TIMESTAMP,
    "attempts" INT NOT NULL,
    "crashes" INT NOT NULL,
    "lease_owner" VARCHAR(60) NOT NULL,
    "lease_until" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "message_id" CHAR(36) NOT NULL REFERENCES "message" ("id") ON DELETE CASCADE,
    "subscription_id" CHAR(36) NOT NULL REFERENCES "push_subscription" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_push_notice_message_fb1919" UNIQUE ("message_id", "subscription_id")
);
CREATE TABLE "push_subscription" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "endpoint_mark" VARCHAR(64) NOT NULL,
    "endpoint" TEXT NOT NULL,
    "p256dh" TEXT NOT NULL,
    "auth" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "key_id" CHAR(36) NOT NULL REFERENCES "push_key" ("id") ON DELETE CASCADE,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    "session_id" CHAR(36) NOT NULL REFERENCES "user_session" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_push_subscr_organiz_1fa983" UNIQUE ("organization_id", "endpoint_mark")
);
CREATE TABLE "read_mark" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "person_id" CHAR(36) NOT NULL,
    "read_at" TIMESTAMP NOT NULL,
    "thread_id" CHAR(36) NOT NULL REFERENCES "thread" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_read_mark_thread__046c78" UNIQUE ("thread_id", "person_id")
);
CREATE TABLE "receipt" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "actor_id" VARCHAR(60) NOT NULL,
    "key" VARCHAR(80) NOT NULL,
    "outcome" TEXT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_receipt_organiz_1ddeaf" UNIQUE ("organization_id", "actor_id", "key")
);
CREATE TABLE "role_grant" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "role" VARCHAR(30) NOT NULL  /* GLOBAL_ADMIN: GLOBAL_ADMIN\nPROGRAM_MANAGER: PROGRAM_MANAGER */,
    "program_id" CHAR(36),
    "granted_at" TIMESTAMP NOT NULL,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE
);
CREATE TABLE "scheduled_action" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "rule" VARCHAR(60) NOT NULL,
    "subject_kind" VARCHAR(40) NOT NULL,
    "subject_id" CHAR(36) NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "state" VARCHAR(20) NOT NULL  /* PLANNED: PLANNED\nDONE: DONE\nSKIPPED: SKIPPED\nCANCELLED: CANCELLED\nPARKED: PARKED */,
    "reason" VARCHAR(200) NOT NULL,
    "payload" JSON NOT NULL,
    "dedupe_key" VARCHAR(160) NOT NULL UNIQUE,
    "attempts" INT NOT NULL,
    "crashes" INT NOT NULL,
    "lease_owner" VARCHAR(60) NOT NULL,
    "lease_until" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "done_at" TIMESTAMP
, "program_id" CHAR(36), "recipient_id" CHAR(36));
CREATE TABLE "session" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "number" INT NOT NULL,
    "state" VARCHAR(12) NOT NULL  /* PROPOSED: PROPOSED\nSCHEDULED: SCHEDULED\nHELD: HELD\nCANCELLED: CANCELLED\nNO_SHOW: NO_SHOW\nLOGGED: LOGGED */,
    "starts_at" TIMESTAMP NOT NULL,
    "ends_at" TIMESTAMP NOT NULL,
    "proposed_by_id" CHAR(36),
    "place" VARCHAR(500) NOT NULL,
    "sequence" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "booked_at" TIMESTAMP,
    "held_at" TIMESTAMP,
    "ended_at" TIMESTAMP,
    "match_id" CHAR(36) NOT NULL REFERENCES "match" ("id") ON DELETE RESTRICT
, "occurs_at" TIMESTAMP, "series_id" CHAR(36), "series_zone" VARCHAR(64), "confirmed_at" TIMESTAMP, "confirmed_by_id" CHAR(36));
CREATE TABLE "session_absence" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "person_id" CHAR(36) NOT NULL,
    "said_by_id" CHAR(36) NOT NULL,
    "said_at" TIMESTAMP NOT NULL,
    "session_id" CHAR(36) NOT NULL REFERENCES "session" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_session_abs_session_329544" UNIQUE ("session_id", "person_id")
);
CREATE TABLE "session_note" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "author_id" CHAR(36) NOT NULL,
    "prompt" SMALLINT NOT NULL,
    "visibility" VARCHAR(10) NOT NULL  /* SHARED: SHARED\nPRIVATE: PRIVATE */,
    "body" TEXT NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "read_at" TIMESTAMP,
    "session_id" CHAR(36) NOT NULL REFERENCES "session" ("id") ON DELETE CASCADE, "others" TEXT, "page" VARCHAR(64),
    CONSTRAINT "uid_session_not_session_f2077b" UNIQUE ("session_id", "author_id", "prompt")
);
CREATE TABLE "shortlist_entry" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "cohort_id" CHAR(36) NOT NULL,
    "enrollment_id" CHAR(36) NOT NULL,
    "about_enrollment_id" CHAR(36) NOT NULL,
    "place" SMALLINT NOT NULL,
    "fit" REAL NOT NULL,
    "confidence" REAL NOT NULL,
    "factors" JSON NOT NULL,
    "evidence" JSON,
    "made_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_shortlist_e_enrollm_ec44a7" UNIQUE ("enrollment_id", "about_enrollment_id")
);
CREATE TABLE "sign_in_letter" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    "request_id" CHAR(36) NOT NULL REFERENCES "sign_in_request" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_sign_in_let_request_78ed8e" UNIQUE ("request_id", "person_id")
);
CREATE TABLE "sign_in_request" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "browser" VARCHAR(64) NOT NULL UNIQUE,
    "address" VARCHAR(254) NOT NULL,
    "address_mark" VARCHAR(64) NOT NULL,
    "network_mark" VARCHAR(64) NOT NULL,
    "onward" VARCHAR(500) NOT NULL,
    "tries" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "used_at" TIMESTAMP
);
CREATE TABLE "survey_answer" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "usefulness" SMALLINT,
    "goal_distance" SMALLINT,
    "help_wanted" JSON NOT NULL,
    "words" TEXT NOT NULL,
    "answered_at" TIMESTAMP NOT NULL,
    "handled_at" TIMESTAMP,
    "handled_by_id" CHAR(36),
    "invitation_id" CHAR(36) NOT NULL UNIQUE REFERENCES "survey_invitation" ("id") ON DELETE CASCADE
, "goal_outcome" VARCHAR(10)   /* REACHED: REACHED\nPARTLY: PARTLY\nCHANGED: CHANGED\nLET_GO: LET_GO */, "recommend" SMALLINT, "goal_id" CHAR(36));
CREATE TABLE "survey_form" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "key" VARCHAR(30) NOT NULL,
    "kind" VARCHAR(15) NOT NULL  /* PULSE: PULSE\nPOST_SESSION: POST_SESSION\nCHECK_IN: CHECK_IN\nMID_PROGRAM: MID_PROGRAM\nCLOSING: CLOSING\nEXIT: EXIT\nNPS: NPS\nCUSTOM: CUSTOM */,
    "name" VARCHAR(80) NOT NULL,
    "anonymous" INT NOT NULL,
    "questions" JSON NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_survey_form_program_f0b15c" UNIQUE ("program_id", "key", "digest")
);
CREATE TABLE "survey_invitation" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "kind" VARCHAR(15) NOT NULL  /* PULSE: PULSE\nPOST_SESSION: POST_SESSION\nCHECK_IN: CHECK_IN\nMID_PROGRAM: MID_PROGRAM\nCLOSING: CLOSING\nEXIT: EXIT\nNPS: NPS */,
    "program_id" CHAR(36) NOT NULL,
    "person_id" CHAR(36) NOT NULL,
    "state" VARCHAR(10) NOT NULL  /* PLANNED: PLANNED\nOPEN: OPEN\nANSWERED: ANSWERED\nEXPIRED: EXPIRED */,
    "opens_at" TIMESTAMP NOT NULL,
    "closes_at" TIMESTAMP NOT NULL,
    "answered_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "match_id" CHAR(36) NOT NULL REFERENCES "match" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_survey_invi_match_i_c2c02d" UNIQUE ("match_id", "person_id", "kind")
);
CREATE TABLE "text_vector" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "owner_kind" VARCHAR(30) NOT NULL,
    "owner_id" CHAR(36) NOT NULL,
    "aspect" VARCHAR(30) NOT NULL,
    "model" VARCHAR(60) NOT NULL,
    "model_version" VARCHAR(30) NOT NULL,
    "source_digest" VARCHAR(64) NOT NULL,
    "vector" BLOB NOT NULL,
    "made_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_text_vector_owner_i_70a010" UNIQUE ("owner_id", "aspect", "model")
);
CREATE TABLE "thread" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "last_at" TIMESTAMP,
    "match_id" CHAR(36) NOT NULL UNIQUE REFERENCES "match" ("id") ON DELETE CASCADE
);
CREATE TABLE "thread_message" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "author_id" CHAR(36) NOT NULL,
    "body" TEXT NOT NULL,
    "sent_at" TIMESTAMP NOT NULL,
    "thread_id" CHAR(36) NOT NULL REFERENCES "thread" ("id") ON DELETE CASCADE
);
CREATE TABLE "ticket" ("id" CHAR(36) NOT NULL  PRIMARY KEY, "organization_id" CHAR(36) NOT NULL, "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE, "session_id" CHAR(36) REFERENCES "user_session" ("id") ON DELETE CASCADE, "purpose" VARCHAR(20) NOT NULL, "subject_id" CHAR(36) NOT NULL, "facts" JSON NOT NULL, "fingerprint" VARCHAR(64) NOT NULL UNIQUE, "created_at" TIMESTAMP NOT NULL, "expires_at" TIMESTAMP NOT NULL, "spent_at" TIMESTAMP);
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "app" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "applied_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_tortoise_mi_app_3803a5" UNIQUE ("app", "name")
);
CREATE TABLE "training_task" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "step_key" VARCHAR(30) NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "done_at" TIMESTAMP,
    "enrollment_id" CHAR(36) NOT NULL REFERENCES "enrollment" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_training_ta_enrollm_6d97a8" UNIQUE ("enrollment_id", "step_key")
);
CREATE TABLE "user_session" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "fingerprint" VARCHAR(64) NOT NULL UNIQUE,
    "device" VARCHAR(120) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "seen_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "revoked_at" TIMESTAMP,
    "person_id" CHAR(36) NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE
);
CREATE TABLE "waitlist_entry" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "cohort_id" CHAR(36) NOT NULL,
    "reason" VARCHAR(40) NOT NULL,
    "since" TIMESTAMP NOT NULL,
    "expected_on" DATE,
    "left_at" TIMESTAMP,
    "enrollment_id" CHAR(36) NOT NULL UNIQUE REFERENCES "enrollment" ("id") ON DELETE CASCADE
);
CREATE TABLE "weights_version" (
    "id" CHAR(36) NOT NULL  PRIMARY KEY,
    "organization_id" CHAR(36) NOT NULL,
    "number" INT NOT NULL,
    "weights" JSON NOT NULL,
    "rules" JSON NOT NULL,
    "based_on" INT,
    "restores" INT,
    "set_by" VARCHAR(60) NOT NULL,
    "set_at" TIMESTAMP NOT NULL,
    "program_id" CHAR(36) NOT NULL REFERENCES "program" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_weights_ver_program_142e8d" UNIQUE ("program_id", "number")
);
CREATE TABLE "worker" (
    "id" VARCHAR(60) NOT NULL  PRIMARY KEY,
    "process" VARCHAR(80) NOT NULL,
    "beat_at" TIMESTAMP NOT NULL
);
CREATE INDEX "ix_absence_session" ON "session_absence" ("organization_id", "session_id");
CREATE INDEX "ix_action_match" ON "action_item" ("organization_id", "match_id", "done_at");
CREATE INDEX "ix_action_session" ON "action_item" ("organization_id", "session_id");
CREATE INDEX "ix_agenda_session" ON "agenda_item" ("organization_id", "session_id", "position");
CREATE INDEX "ix_attribute_person" ON "person_attribute" ("organization_id", "person_id", "name", "valid_from");
CREATE INDEX "ix_audit_org_at" ON "audit_event" ("organization_id", "at");
CREATE INDEX "ix_audit_target" ON "audit_event" ("organization_id", "target_id", "at");
CREATE INDEX "ix_availability_person" ON "availability_block" ("organization_id", "person_id");
CREATE INDEX "ix_ballot_form" ON "form_ballot" ("form_id", "week");
CREATE INDEX "ix_caught_at" ON "caught_mail" ("caught_at");
CREATE INDEX "ix_cohort_program" ON "cohort" ("organization_id", "program_id");
CREATE INDEX "ix_competency_parent" ON "competency" ("organization_id", "parent_id");
CREATE INDEX "ix_completion_course" ON "course_completion" ("organization_id", "course_id");
CREATE INDEX "ix_completion_person" ON "course_completion" ("organization_id", "person_id");
CREATE INDEX "ix_conflict_one" ON "conflict_of_interest" ("organization_id", "one_id");
CREATE INDEX "ix_conflict_other" ON "conflict_of_interest" ("organization_id", "other_id");
CREATE INDEX "ix_consent_person" ON "consent" ("organization_id", "person_id", "purpose", "at");
CREATE INDEX "ix_consent_text" ON "consent" ("organization_id", "text_id");
CREATE INDEX "ix_course_skill_competency" ON "course_skill" ("organization_id", "competency_id");
CREATE INDEX "ix_enrollment_cohort" ON "enrollment" ("organization_id", "cohort_id", "role", "state");
CREATE INDEX "ix_enrollment_person" ON "enrollment" ("organization_id", "person_id", "state");
CREATE INDEX "ix_enrollment_program" ON "enrollment" ("organization_id", "program_id");
CREATE INDEX "ix_file_program" ON "program_file" ("organization_id", "program_id");
CREATE INDEX "ix_form_person" ON "form_invitation" ("organization_id", "person_id", "state");
CREATE INDEX "ix_form_state" ON "form_invitation" ("form_id", "state");
CREATE INDEX "ix_goal_competency" ON "goal" ("organization_id", "competency_id");
CREATE INDEX "ix_goal_enrollment" ON "goal" ("organization_id", "enrollment_id");
CREATE INDEX "ix_goal_match" ON "goal" ("organization_id", "match_id");
CREATE INDEX "ix_goal_person" ON "goal" ("organization_id", "person_id");
CREATE INDEX "ix_import_org" ON "import_run" ("organization_id", "created_at");
CREATE INDEX "ix_match_cohort" ON "match" ("organization_id", "cohort_id", "state");
CREATE INDEX "ix_match_program" ON "match" ("organization_id", "program_id", "state");
CREATE INDEX "ix_match_run" ON "match" ("organization_id", "run_id");
CREATE INDEX "ix_member_enrollment" ON "match_member" ("organization_id", "enrollment_id");
CREATE INDEX "ix_member_person" ON "match_member" ("organization_id", "person_id");
CREATE INDEX "ix_message_due" ON "message" ("state", "due_at");
CREATE INDEX "ix_message_fallback" ON "message" ("falls_back_at");
CREATE INDEX "ix_message_program" ON "message" ("organization_id", "program_id", "created_at");
CREATE INDEX "ix_message_recipient" ON "message" ("organization_id", "recipient_id", "created_at");
CREATE INDEX "ix_message_subject" ON "message" ("organization_id", "subject_id");
CREATE INDEX "ix_milestone_goal" ON "milestone" ("organization_id", "goal_id", "position");
CREATE INDEX "ix_note_session" ON "session_note" ("organization_id", "session_id");
CREATE INDEX "ix_opening_open" ON "opening_wish" ("organization_id", "program_id", "told_at");
CREATE INDEX "ix_outbox_open" ON "outbox_event" ("delivered_at", "not_before");
CREATE INDEX "ix_outbox_subject" ON "outbox_event" ("organization_id", "subject_id");
CREATE INDEX "ix_override_cohort" ON "match_override" ("organization_id", "cohort_id", "kind");
CREATE INDEX "ix_person_email" ON "person" ("email");
CREATE INDEX "ix_person_manager" ON "person" ("organization_id", "line_manager_id");
CREATE INDEX "ix_person_name" ON "person" ("organization_id", "family_name", "given_name");
CREATE INDEX "ix_preference_about" ON "preference" ("organization_id", "about_enrollment_id");
CREATE INDEX "ix_proposal_program" ON "proposal" ("organization_id", "program_id", "at");
CREATE INDEX "ix_push_key" ON "push_subscription" ("key_id");
CREATE INDEX "ix_push_notice_due" ON "push_notice" ("state", "due_at");
CREATE INDEX "ix_push_notice_to" ON "push_notice" ("subscription_id");
CREATE INDEX "ix_push_person" ON "push_subscription" ("organization_id", "person_id");
CREATE INDEX "ix_push_session" ON "push_subscription" ("session_id");
CREATE INDEX "ix_receipt_at" ON "receipt" ("at");
CREATE INDEX "ix_role_person" ON "role_grant" ("organization_id", "person_id");
CREATE INDEX "ix_run_cohort" ON "match_run" ("organization_id", "cohort_id", "started_at");
CREATE INDEX "ix_run_program" ON "match_run" ("organization_id", "program_id");
CREATE INDEX "ix_scheduled_due" ON "scheduled_action" ("state", "due_at");
CREATE INDEX "ix_scheduled_recipient" ON "scheduled_action" ("organization_id", "recipient_id", "due_at");
CREATE INDEX "ix_scheduled_subject" ON "scheduled_action" ("organization_id", "subject_id");
CREATE INDEX "ix_session_due" ON "session" ("state", "ends_at");
CREATE INDEX "ix_session_match" ON "session" ("organization_id", "match_id", "starts_at");
CREATE INDEX "ix_session_person" ON "user_session" ("organization_id", "person_id");
CREATE INDEX "ix_session_series" ON "session" ("organization_id", "series_id");
CREATE INDEX "ix_shortlist_cohort" ON "shortlist_entry" ("organization_id", "cohort_id", "about_enrollment_id");
CREATE INDEX "ix_sign_in_address" ON "sign_in_request" ("address_mark", "created_at");
CREATE INDEX "ix_sign_in_created" ON "sign_in_request" ("created_at");
CREATE INDEX "ix_sign_in_letter_person" ON "sign_in_letter" ("organization_id", "person_id");
CREATE INDEX "ix_sign_in_network" ON "sign_in_request" ("network_mark", "created_at");
CREATE INDEX "ix_skill_competency" ON "person_skill" ("organization_id", "competency_id");
CREATE INDEX "ix_skill_person" ON "person_skill" ("organization_id", "person_id", "side");
CREATE INDEX "ix_suggestion_mentee" ON "match_suggestion" ("organization_id", "run_id", "mentee_enrollment_id", "rank");
CREATE INDEX "ix_suggestion_mentor" ON "match_suggestion" ("organization_id", "run_id", "mentor_enrollment_id");
CREATE INDEX "ix_survey_person" ON "survey_invitation" ("organization_id", "person_id", "state");
CREATE INDEX "ix_survey_program" ON "survey_invitation" ("organization_id", "program_id", "answered_at");
CREATE INDEX "ix_thread_message" ON "thread_message" ("organization_id", "thread_id", "sent_at");
CREATE INDEX "ix_ticket_person" ON "ticket" ("organization_id", "person_id");
CREATE INDEX "ix_ticket_session" ON "ticket" ("session_id");
CREATE INDEX "ix_trial_person" ON "match_trial" ("organization_id", "person_id", "created_at");
CREATE INDEX "ix_vector_org" ON "text_vector" ("organization_id", "owner_kind", "model");
CREATE INDEX "ix_version_program" ON "program_version" ("organization_id", "program_id");
CREATE INDEX "ix_waitlist_order" ON "waitlist_entry" ("organization_id", "cohort_id", "left_at", "since");
CREATE INDEX "ix_weights_program" ON "weights_version" ("organization_id", "program_id");
CREATE TRIGGER "proposal_written_once" BEFORE UPDATE ON "proposal" BEGIN SELECT RAISE(ABORT, 'proposal: rows are written once'); END;
INSERT INTO "tortoise_migrations" ("app", "name", "applied_at") VALUES
('models', '0001_initial', CURRENT_TIMESTAMP),
('models', '0002_same_organization', CURRENT_TIMESTAMP),
('models', '0003_sign_in_by_mail', CURRENT_TIMESTAMP),
('models', '0004_pause_until_a_day', CURRENT_TIMESTAMP),
('models', '0005_end_check_in_and_openings', CURRENT_TIMESTAMP),
('models', '0006_push_and_tickets', CURRENT_TIMESTAMP),
('models', '0007_series_of_sessions', CURRENT_TIMESTAMP),
('models', '0008_pair_record_and_search', CURRENT_TIMESTAMP),
('models', '0009_requests_and_extensions', CURRENT_TIMESTAMP),
('models', '0010_offers_refused', CURRENT_TIMESTAMP),
('models', '0011_note_versions', CURRENT_TIMESTAMP),
('models', '0012_runs_under_way', CURRENT_TIMESTAMP),
('models', '0013_match_trial', CURRENT_TIMESTAMP),
('models', '0014_proposal_log', CURRENT_TIMESTAMP),
('models', '0015_kinds_of_runs', CURRENT_TIMESTAMP),
('models', '0016_wishes_and_shortlists', CURRENT_TIMESTAMP),
('models', '0017_weights_versions', CURRENT_TIMESTAMP),
('models', '0018_circles', CURRENT_TIMESTAMP),
('models', '0019_decisions_lifted', CURRENT_TIMESTAMP),
('models', '0020_peers_ask', CURRENT_TIMESTAMP),
('models', '0021_add_session_absence', CURRENT_TIMESTAMP),
('models', '0022_answer_closes_goal', CURRENT_TIMESTAMP),
('models', '0023_conflicts_of_interest', CURRENT_TIMESTAMP),
('models', '0024_cycles_counted', CURRENT_TIMESTAMP),
('models', '0025_ways_of_working', CURRENT_TIMESTAMP),
('models', '0026_courses_and_talent', CURRENT_TIMESTAMP),
('models', '0027_tickets_in_mails', CURRENT_TIMESTAMP),
('models', '0028_one_more_place', CURRENT_TIMESTAMP),
('models', '0029_session_confirmed', CURRENT_TIMESTAMP),
('models', '0030_nudge_days', CURRENT_TIMESTAMP),
('models', '0031_program_versions', CURRENT_TIMESTAMP),
('models', '0032_program_triggers', CURRENT_TIMESTAMP),
('models', '0033_channels', CURRENT_TIMESTAMP),
('models', '0034_program_messages', CURRENT_TIMESTAMP),
('models', '0035_program_audience', CURRENT_TIMESTAMP),
('models', '0036_program_reports', CURRENT_TIMESTAMP),
('models', '0037_surveys', CURRENT_TIMESTAMP),
('models', '0038_goal_privacy', CURRENT_TIMESTAMP),
('models', '0039_program_terminology', CURRENT_TIMESTAMP),
('models', '0040_kinds', CURRENT_TIMESTAMP),
('models', '0041_program_branding', CURRENT_TIMESTAMP),
('models', '0042_program_resources', CURRENT_TIMESTAMP),
('models', '0043_training', CURRENT_TIMESTAMP),
('models', '0044_intake', CURRENT_TIMESTAMP),
('models', '0045_permissions', CURRENT_TIMESTAMP),
('models', '0046_program_files', CURRENT_TIMESTAMP),
('models', '0047_guides', CURRENT_TIMESTAMP),
('models', '0048_announcement', CURRENT_TIMESTAMP),
('models', '0049_message_own', CURRENT_TIMESTAMP);
