CREATE FUNCTION proposal_written_once() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'proposal: rows are written once' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TABLE action_item (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    match_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    text text NOT NULL,
    due_on date,
    done_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    session_id uuid
);
CREATE TABLE agenda_item (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    "position" smallint NOT NULL,
    topic text NOT NULL,
    question text NOT NULL,
    minutes smallint NOT NULL,
    source character varying(20) NOT NULL,
    talked_about boolean NOT NULL,
    added_by_id uuid,
    session_id uuid NOT NULL
);
CREATE TABLE audit_event (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_kind character varying(20) NOT NULL,
    actor_id character varying(60) NOT NULL,
    action character varying(80) NOT NULL,
    target_kind character varying(40) NOT NULL,
    target_id uuid,
    detail jsonb NOT NULL
);
CREATE TABLE availability_block (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    weekday smallint NOT NULL,
    start_minute smallint NOT NULL,
    end_minute smallint NOT NULL,
    source character varying(10) NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE caught_mail (
    id uuid NOT NULL,
    organization_id uuid,
    message_id uuid,
    recipient character varying(254) NOT NULL,
    source text NOT NULL,
    caught_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone
);
CREATE TABLE clock_shift (
    id integer NOT NULL,
    seconds bigint NOT NULL
);
CREATE SEQUENCE clock_shift_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE clock_shift_id_seq OWNED BY clock_shift.id;
CREATE TABLE cohort (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    key character varying(60) NOT NULL,
    name character varying(120) NOT NULL,
    state character varying(20) NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    next_opens_on date,
    hear_by_on date,
    created_at timestamp with time zone NOT NULL,
    program_id uuid NOT NULL,
    enrol_by_on date,
    announce_on date
);
CREATE TABLE competency (
    id uuid NOT NULL,
    key character varying(80) NOT NULL,
    name character varying(120) NOT NULL,
    description text NOT NULL,
    aliases jsonb NOT NULL,
    retired_at timestamp with time zone,
    organization_id uuid NOT NULL,
    parent_id uuid
);
CREATE TABLE conflict_of_interest (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    one_id uuid NOT NULL,
    other_id uuid NOT NULL,
    reason text NOT NULL,
    declared_by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone,
    lifted_by character varying(60)
);
CREATE TABLE consent (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    purpose character varying(20) NOT NULL,
    given boolean NOT NULL,
    channel character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL,
    text_id uuid NOT NULL
);
CREATE TABLE consent_text (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    purpose character varying(20) NOT NULL,
    version integer NOT NULL,
    wording text NOT NULL,
    explanation text NOT NULL,
    required boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE course (
    id uuid NOT NULL,
    key character varying(120) NOT NULL,
    title character varying(200) NOT NULL,
    tags jsonb NOT NULL,
    organization_id uuid NOT NULL
);
CREATE TABLE course_completion (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    completed_on date NOT NULL,
    course_id uuid NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE course_skill (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    competency_id uuid NOT NULL,
    course_id uuid NOT NULL
);
CREATE TABLE enrollment (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    role character varying(20) NOT NULL,
    state character varying(20) NOT NULL,
    capacity integer NOT NULL,
    waited_cycles integer NOT NULL,
    invited_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    started_at timestamp with time zone,
    submitted_at timestamp with time zone,
    active_at timestamp with time zone,
    ended_at timestamp with time zone,
    paused_until date,
    cohort_id uuid NOT NULL,
    person_id uuid NOT NULL,
    program_id uuid NOT NULL,
    decision_reason text DEFAULT ''::text NOT NULL,
    place_asked_at timestamp with time zone,
    place_given boolean
);
CREATE TABLE form_answer (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    numbers jsonb NOT NULL,
    words text NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    invitation_id uuid NOT NULL
);
CREATE TABLE form_ballot (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    week date,
    numbers jsonb NOT NULL,
    words text NOT NULL,
    form_id uuid NOT NULL
);
CREATE TABLE form_invitation (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    form_key character varying(30) NOT NULL,
    program_id uuid NOT NULL,
    person_id uuid NOT NULL,
    occasion character varying(60) NOT NULL,
    state character varying(10) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    form_id uuid NOT NULL,
    match_id uuid NOT NULL
);
CREATE TABLE goal (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    person_id uuid NOT NULL,
    match_id uuid,
    state character varying(15) NOT NULL,
    in_focus boolean NOT NULL,
    want text NOT NULL,
    measure text NOT NULL,
    due_on date,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    competency_id uuid,
    enrollment_id uuid NOT NULL,
    privacy character varying(10) DEFAULT 'PAIR'::character varying NOT NULL
);
CREATE TABLE goal_version (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    version integer NOT NULL,
    want text NOT NULL,
    measure text NOT NULL,
    competency_id uuid,
    due_on date,
    why text NOT NULL,
    changed_by_id uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    partner_agreed_at timestamp with time zone,
    goal_id uuid NOT NULL
);
CREATE TABLE guide_use (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    guide character varying(20) NOT NULL,
    side character varying(10) NOT NULL,
    opened integer NOT NULL,
    program_id uuid NOT NULL
);
CREATE TABLE import_run (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    file_name character varying(200) NOT NULL,
    digest character varying(64) NOT NULL,
    content bytea NOT NULL,
    complete boolean NOT NULL,
    state character varying(10) NOT NULL,
    rows_total integer NOT NULL,
    rows_applied integer NOT NULL,
    summary jsonb NOT NULL,
    corrections jsonb NOT NULL,
    mapping jsonb NOT NULL,
    defaults jsonb NOT NULL,
    started_by character varying(60) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone
);
CREATE TABLE learned_model (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    program_type character varying(20) NOT NULL,
    number integer NOT NULL,
    state character varying(10) NOT NULL,
    models jsonb NOT NULL,
    report jsonb NOT NULL,
    calibrated boolean NOT NULL,
    based_on integer NOT NULL,
    started_by character varying(60) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone
);
CREATE TABLE mailbox_state (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    address_mark character varying(64) NOT NULL,
    failures integer NOT NULL,
    status character varying(12) NOT NULL,
    dead_at timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE match (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    state character varying(20) NOT NULL,
    origin character varying(10) NOT NULL,
    run_id uuid,
    fit integer,
    confidence double precision,
    calibrated_on integer NOT NULL,
    explanation jsonb NOT NULL,
    held_back boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    answer_by timestamp with time zone,
    active_at timestamp with time zone,
    ends_on date,
    ended_at timestamp with time zone,
    closure_reason character varying(20),
    rematch_of_id uuid,
    cohort_id uuid NOT NULL,
    program_id uuid NOT NULL,
    paused_until date,
    paused_on date,
    proposed_by_id uuid,
    proposed_end_on date,
    based_on integer,
    kind character varying(10) DEFAULT 'PAIR'::character varying NOT NULL
);
CREATE TABLE match_member (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    role character varying(20) NOT NULL,
    approval character varying(12) NOT NULL,
    answered_at timestamp with time zone,
    decline_reason character varying(20),
    enrollment_id uuid NOT NULL,
    match_id uuid NOT NULL,
    person_id uuid NOT NULL,
    left_at timestamp with time zone
);
CREATE TABLE match_note (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    words text NOT NULL,
    version integer NOT NULL,
    written_by_id uuid NOT NULL,
    written_at timestamp with time zone NOT NULL,
    match_id uuid NOT NULL
);
CREATE TABLE match_override (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    cohort_id uuid NOT NULL,
    match_id uuid,
    mentor_enrollment_id uuid NOT NULL,
    mentee_enrollment_id uuid NOT NULL,
    kind character varying(10) NOT NULL,
    reason text NOT NULL,
    decided_by character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone,
    lifted_by character varying(60)
);
CREATE TABLE match_run (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    state character varying(10) NOT NULL,
    engine_version character varying(40) NOT NULL,
    weights_version character varying(40) NOT NULL,
    weights jsonb NOT NULL,
    rules jsonb NOT NULL,
    seed integer NOT NULL,
    pool_digest character varying(64) NOT NULL,
    result jsonb NOT NULL,
    started_by character varying(60) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    cohort_id uuid NOT NULL,
    program_id uuid NOT NULL,
    percent smallint,
    step character varying(20),
    after_id uuid,
    kind character varying(10) DEFAULT 'FULL'::character varying NOT NULL,
    counted_at timestamp with time zone
);
CREATE TABLE match_suggestion (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    mentor_enrollment_id uuid NOT NULL,
    mentee_enrollment_id uuid NOT NULL,
    rank integer NOT NULL,
    chosen boolean NOT NULL,
    fit double precision NOT NULL,
    confidence double precision NOT NULL,
    propensity double precision NOT NULL,
    factors jsonb NOT NULL,
    run_id uuid NOT NULL,
    evidence jsonb
);
CREATE TABLE match_trial (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    person_id uuid NOT NULL,
    files text NOT NULL,
    settings jsonb NOT NULL,
    result text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    matched_at timestamp with time zone,
    erase_at timestamp with time zone NOT NULL
);
CREATE TABLE message (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    kind character varying(20) NOT NULL,
    message_class character varying(15) NOT NULL,
    channel character varying(10) NOT NULL,
    subject_id uuid,
    facts jsonb NOT NULL,
    trigger character varying(80) NOT NULL,
    dedupe_key character varying(200) NOT NULL,
    state character varying(12) NOT NULL,
    reason character varying(200) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    attempts integer NOT NULL,
    crashes integer NOT NULL,
    lease_owner character varying(60) NOT NULL,
    lease_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    recipient_id uuid NOT NULL,
    digest_id uuid,
    acted_at timestamp with time zone,
    arm character varying(10) DEFAULT 'NONE'::character varying NOT NULL,
    bounced_at timestamp with time zone,
    fallback character varying(10),
    falls_back_at timestamp with time zone,
    program_id uuid,
    read_at timestamp with time zone,
    tapped_at timestamp with time zone,
    own character varying(20) DEFAULT ''::character varying NOT NULL
);
CREATE TABLE milestone (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    "position" smallint NOT NULL,
    title text NOT NULL,
    due_on date,
    state character varying(10) NOT NULL,
    done_at timestamp with time zone,
    goal_id uuid NOT NULL
);
CREATE TABLE nudge_day (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    day date NOT NULL,
    message_id uuid NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE opening_wish (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    person_id uuid NOT NULL,
    program_id uuid NOT NULL
);
CREATE TABLE organization (
    id uuid NOT NULL,
    key character varying(60) NOT NULL,
    name character varying(120) NOT NULL,
    zone character varying(64) NOT NULL,
    language character varying(20) NOT NULL,
    location_zones jsonb NOT NULL,
    seniority_words jsonb NOT NULL,
    terminology jsonb NOT NULL,
    is_demo boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE outbox_event (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind character varying(80) NOT NULL,
    subject_id uuid,
    payload jsonb NOT NULL,
    not_before timestamp with time zone NOT NULL,
    delivered_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    parked_at timestamp with time zone,
    attempts integer NOT NULL,
    crashes integer NOT NULL,
    lease_owner character varying(60) NOT NULL,
    lease_until timestamp with time zone,
    last_error character varying(200) NOT NULL
);
CREATE TABLE person (
    id uuid NOT NULL,
    employee_id character varying(120) NOT NULL,
    email character varying(254) NOT NULL,
    given_name character varying(120) NOT NULL,
    family_name character varying(120) NOT NULL,
    preferred_name character varying(120) NOT NULL,
    title character varying(200) NOT NULL,
    department character varying(200) NOT NULL,
    business_unit character varying(200) NOT NULL,
    company character varying(200) NOT NULL,
    location character varying(200) NOT NULL,
    country character varying(2) NOT NULL,
    job_family character varying(200) NOT NULL,
    seniority integer,
    hire_date date,
    role_start_date date,
    end_date date,
    status character varying(10) NOT NULL,
    performance_rating double precision,
    zone character varying(64) NOT NULL,
    zone_assumed boolean NOT NULL,
    language character varying(20) NOT NULL,
    languages jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    line_manager_id uuid,
    organization_id uuid NOT NULL,
    search text
);
CREATE TABLE person_attribute (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name character varying(40) NOT NULL,
    value character varying(254) NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    source character varying(10) NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE person_skill (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    side character varying(10) NOT NULL,
    "position" smallint NOT NULL,
    source character varying(10) NOT NULL,
    competency_id uuid NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE preference (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    about_enrollment_id uuid NOT NULL,
    kind character varying(12) NOT NULL,
    rank smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    reason character varying(20)
);
CREATE TABLE profile (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    about text NOT NULL,
    words_for_mentees character varying(300) NOT NULL,
    skill_text text NOT NULL,
    goal_text text NOT NULL,
    life_stage character varying(60) NOT NULL,
    look character varying(10) NOT NULL,
    muted_kinds jsonb NOT NULL,
    own_fields jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL,
    keys_off_at timestamp with time zone,
    install_refused_at timestamp with time zone,
    push_refused_at timestamp with time zone,
    pref_department character varying(10) DEFAULT 'ANY'::character varying NOT NULL,
    styles jsonb DEFAULT '[]'::jsonb NOT NULL
);
CREATE TABLE program (
    id uuid NOT NULL,
    key character varying(60) NOT NULL,
    name character varying(120) NOT NULL,
    type character varying(20) NOT NULL,
    state character varying(20) NOT NULL,
    cadence character varying(10) NOT NULL,
    duration_days integer NOT NULL,
    sessions_per_month integer NOT NULL,
    session_minutes integer NOT NULL,
    approvals character varying(10) NOT NULL,
    admin_approves_matches boolean NOT NULL,
    admin_approves_admission boolean NOT NULL,
    answer_within_days integer NOT NULL,
    invitation_days integer NOT NULL,
    places_max integer NOT NULL,
    meeting_url character varying(500) NOT NULL,
    weights jsonb NOT NULL,
    rules jsonb NOT NULL,
    note_prompts jsonb NOT NULL,
    goal_examples jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id uuid NOT NULL,
    asked_first character varying(10) DEFAULT 'TOGETHER'::character varying NOT NULL,
    mentees_may_ask boolean DEFAULT false NOT NULL,
    mentors_may_ask boolean DEFAULT false NOT NULL,
    pause_moves_end boolean DEFAULT false NOT NULL,
    mentees_may_wish boolean DEFAULT false NOT NULL,
    mentors_may_wish boolean DEFAULT false NOT NULL,
    weights_version integer,
    circles character varying(10) DEFAULT 'NONE'::character varying NOT NULL,
    triggers jsonb DEFAULT '{}'::jsonb NOT NULL,
    held_out_percent integer DEFAULT 0 NOT NULL,
    messages jsonb DEFAULT '{}'::jsonb NOT NULL,
    audience jsonb DEFAULT '{}'::jsonb NOT NULL,
    reports jsonb DEFAULT '{}'::jsonb NOT NULL,
    surveys jsonb DEFAULT '[]'::jsonb NOT NULL,
    goal_privacy jsonb DEFAULT '{}'::jsonb NOT NULL,
    terminology jsonb DEFAULT '{}'::jsonb NOT NULL,
    branding jsonb DEFAULT '{}'::jsonb NOT NULL,
    resources jsonb DEFAULT '{}'::jsonb NOT NULL,
    training jsonb DEFAULT '[]'::jsonb NOT NULL,
    intake jsonb DEFAULT '{}'::jsonb NOT NULL,
    permissions jsonb DEFAULT '{}'::jsonb NOT NULL
);
CREATE TABLE program_file (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    digest character varying(64) NOT NULL,
    kind character varying(10) NOT NULL,
    size integer NOT NULL,
    content bytea NOT NULL,
    uploaded_by character varying(60) NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    program_id uuid NOT NULL
);
CREATE TABLE program_version (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    number integer NOT NULL,
    state character varying(10) NOT NULL,
    content jsonb NOT NULL,
    digest character varying(64) NOT NULL,
    based_on integer,
    restores integer,
    made_by character varying(60) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    live_by character varying(60) NOT NULL,
    live_at timestamp with time zone,
    program_id uuid NOT NULL
);
CREATE TABLE proposal (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    program_id uuid NOT NULL,
    cohort_id uuid NOT NULL,
    mentor_enrollment_id uuid NOT NULL,
    mentee_enrollment_id uuid NOT NULL,
    origin character varying(10) NOT NULL,
    decided_by character varying(60) NOT NULL,
    run_id uuid,
    engine_version character varying(40) NOT NULL,
    model_version character varying(60) NOT NULL,
    weights_version character varying(40) NOT NULL,
    features jsonb NOT NULL,
    fit double precision,
    confidence double precision,
    calibrated boolean NOT NULL,
    based_on integer,
    rank_for_mentor integer,
    rank_for_mentee integer,
    shown jsonb NOT NULL,
    propensity double precision,
    seed integer,
    at timestamp with time zone NOT NULL,
    match_id uuid NOT NULL
);
CREATE TABLE push_key (
    id uuid NOT NULL,
    number integer NOT NULL,
    point character varying(100) NOT NULL,
    secret text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE push_notice (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    state character varying(12) NOT NULL,
    reason character varying(200) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    attempts integer NOT NULL,
    crashes integer NOT NULL,
    lease_owner character varying(60) NOT NULL,
    lease_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    subscription_id uuid NOT NULL
);
CREATE TABLE push_subscription (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    endpoint_mark character varying(64) NOT NULL,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    key_id uuid NOT NULL,
    person_id uuid NOT NULL,
    session_id uuid NOT NULL
);
CREATE TABLE read_mark (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    person_id uuid NOT NULL,
    read_at timestamp with time zone NOT NULL,
    thread_id uuid NOT NULL
);
CREATE TABLE receipt (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    actor_id character varying(60) NOT NULL,
    key character varying(80) NOT NULL,
    outcome text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE role_grant (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    role character varying(30) NOT NULL,
    program_id uuid,
    granted_at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE scheduled_action (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    rule character varying(60) NOT NULL,
    subject_kind character varying(40) NOT NULL,
    subject_id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state character varying(20) NOT NULL,
    reason character varying(200) NOT NULL,
    payload jsonb NOT NULL,
    dedupe_key character varying(160) NOT NULL,
    attempts integer NOT NULL,
    crashes integer NOT NULL,
    lease_owner character varying(60) NOT NULL,
    lease_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    program_id uuid,
    recipient_id uuid
);
CREATE TABLE session (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    number integer NOT NULL,
    state character varying(12) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    proposed_by_id uuid,
    place character varying(500) NOT NULL,
    sequence integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    booked_at timestamp with time zone,
    held_at timestamp with time zone,
    ended_at timestamp with time zone,
    match_id uuid NOT NULL,
    occurs_at timestamp with time zone,
    series_id uuid,
    series_zone character varying(64),
    confirmed_at timestamp with time zone,
    confirmed_by_id uuid
);
CREATE TABLE session_absence (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    person_id uuid NOT NULL,
    said_by_id uuid NOT NULL,
    said_at timestamp with time zone NOT NULL,
    session_id uuid NOT NULL
);
CREATE TABLE session_note (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    author_id uuid NOT NULL,
    prompt smallint NOT NULL,
    visibility character varying(10) NOT NULL,
    body text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    session_id uuid NOT NULL,
    others text,
    page character varying(64)
);
CREATE TABLE shortlist_entry (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    cohort_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    about_enrollment_id uuid NOT NULL,
    place smallint NOT NULL,
    fit double precision NOT NULL,
    confidence double precision NOT NULL,
    factors jsonb NOT NULL,
    evidence jsonb,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE sign_in_letter (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL,
    request_id uuid NOT NULL
);
CREATE TABLE sign_in_request (
    id uuid NOT NULL,
    browser character varying(64) NOT NULL,
    address character varying(254) NOT NULL,
    address_mark character varying(64) NOT NULL,
    network_mark character varying(64) NOT NULL,
    onward character varying(500) NOT NULL,
    tries integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE survey_answer (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    usefulness smallint,
    goal_distance smallint,
    help_wanted jsonb NOT NULL,
    words text NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone,
    handled_by_id uuid,
    invitation_id uuid NOT NULL,
    goal_outcome character varying(10),
    recommend smallint,
    goal_id uuid
);
CREATE TABLE survey_form (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    program_id uuid NOT NULL,
    key character varying(30) NOT NULL,
    kind character varying(15) NOT NULL,
    name character varying(80) NOT NULL,
    anonymous boolean NOT NULL,
    questions jsonb NOT NULL,
    digest character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE survey_invitation (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    kind character varying(15) NOT NULL,
    program_id uuid NOT NULL,
    person_id uuid NOT NULL,
    state character varying(10) NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    match_id uuid NOT NULL
);
CREATE TABLE text_vector (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    owner_kind character varying(30) NOT NULL,
    owner_id uuid NOT NULL,
    aspect character varying(30) NOT NULL,
    model character varying(60) NOT NULL,
    model_version character varying(30) NOT NULL,
    source_digest character varying(64) NOT NULL,
    vector bytea NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE thread (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    last_at timestamp with time zone,
    match_id uuid NOT NULL
);
CREATE TABLE thread_message (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    author_id uuid NOT NULL,
    body text NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    thread_id uuid NOT NULL
);
CREATE TABLE ticket (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    purpose character varying(20) NOT NULL,
    subject_id uuid NOT NULL,
    facts jsonb NOT NULL,
    fingerprint character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    spent_at timestamp with time zone,
    person_id uuid NOT NULL,
    session_id uuid
);
CREATE TABLE tortoise_migrations (
    id integer NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE tortoise_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE tortoise_migrations_id_seq OWNED BY tortoise_migrations.id;
CREATE TABLE training_task (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    step_key character varying(30) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    enrollment_id uuid NOT NULL
);
CREATE TABLE user_session (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    fingerprint character varying(64) NOT NULL,
    device character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    person_id uuid NOT NULL
);
CREATE TABLE waitlist_entry (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    cohort_id uuid NOT NULL,
    reason character varying(40) NOT NULL,
    since timestamp with time zone NOT NULL,
    expected_on date,
    left_at timestamp with time zone,
    enrollment_id uuid NOT NULL
);
CREATE TABLE weights_version (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    number integer NOT NULL,
    weights jsonb NOT NULL,
    rules jsonb NOT NULL,
    based_on integer,
    restores integer,
    set_by character varying(60) NOT NULL,
    set_at timestamp with time zone NOT NULL,
    program_id uuid NOT NULL
);
CREATE TABLE worker (
    id character varying(60) NOT NULL,
    process character varying(80) NOT NULL,
    beat_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY clock_shift ALTER COLUMN id SET DEFAULT nextval('clock_shift_id_seq'::regclass);
ALTER TABLE ONLY tortoise_migrations ALTER COLUMN id SET DEFAULT nextval('tortoise_migrations_id_seq'::regclass);
ALTER TABLE ONLY action_item
    ADD CONSTRAINT action_item_pkey PRIMARY KEY (id);
ALTER TABLE ONLY agenda_item
    ADD CONSTRAINT agenda_item_pkey PRIMARY KEY (id);
ALTER TABLE ONLY audit_event
    ADD CONSTRAINT audit_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY availability_block
    ADD CONSTRAINT availability_block_pkey PRIMARY KEY (id);
ALTER TABLE ONLY caught_mail
    ADD CONSTRAINT caught_mail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY clock_shift
    ADD CONSTRAINT clock_shift_pkey PRIMARY KEY (id);
ALTER TABLE ONLY cohort
    ADD CONSTRAINT cohort_pkey PRIMARY KEY (id);
ALTER TABLE ONLY competency
    ADD CONSTRAINT competency_pkey PRIMARY KEY (id);
ALTER TABLE ONLY conflict_of_interest
    ADD CONSTRAINT conflict_of_interest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY consent_text
    ADD CONSTRAINT consent_text_pkey PRIMARY KEY (id);
ALTER TABLE ONLY course_completion
    ADD CONSTRAINT course_completion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY course
    ADD CONSTRAINT course_pkey PRIMARY KEY (id);
ALTER TABLE ONLY course_skill
    ADD CONSTRAINT course_skill_pkey PRIMARY KEY (id);
ALTER TABLE ONLY enrollment
    ADD CONSTRAINT enrollment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY form_answer
    ADD CONSTRAINT form_answer_invitation_id_key UNIQUE (invitation_id);
ALTER TABLE ONLY form_answer
    ADD CONSTRAINT form_answer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY form_ballot
    ADD CONSTRAINT form_ballot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY form_invitation
    ADD CONSTRAINT form_invitation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY goal
    ADD CONSTRAINT goal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY goal_version
    ADD CONSTRAINT goal_version_pkey PRIMARY KEY (id);
ALTER TABLE ONLY guide_use
    ADD CONSTRAINT guide_use_pkey PRIMARY KEY (id);
ALTER TABLE ONLY import_run
    ADD CONSTRAINT import_run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY learned_model
    ADD CONSTRAINT learned_model_pkey PRIMARY KEY (id);
ALTER TABLE ONLY mailbox_state
    ADD CONSTRAINT mailbox_state_pkey PRIMARY KEY (id);
ALTER TABLE ONLY match_member
    ADD CONSTRAINT match_member_pkey PRIMARY KEY (id);
ALTER TABLE ONLY match_note
    ADD CONSTRAINT match_note_match_id_key UNIQUE (match_id);
ALTER TABLE ONLY match_note
    ADD CONSTRAINT match_note_pkey PRIMARY KEY (id);
ALTER TABLE ONLY match_override
    ADD CONSTRAINT match_override_pkey PRIMARY KEY (id);
ALTER TABLE ONLY match
    ADD CONSTRAINT match_pkey PRIMARY KEY (id);
ALTER TABLE ONLY match_run
    ADD CONSTRAINT match_run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY match_suggestion
    ADD CONSTRAINT match_suggestion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY match_trial
    ADD CONSTRAINT match_trial_pkey PRIMARY KEY (id);
ALTER TABLE ONLY message
    ADD CONSTRAINT message_dedupe_key_key UNIQUE (dedupe_key);
ALTER TABLE ONLY message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY milestone
    ADD CONSTRAINT milestone_pkey PRIMARY KEY (id);
ALTER TABLE ONLY nudge_day
    ADD CONSTRAINT nudge_day_pkey PRIMARY KEY (id);
ALTER TABLE ONLY opening_wish
    ADD CONSTRAINT opening_wish_pkey PRIMARY KEY (id);
ALTER TABLE ONLY organization
    ADD CONSTRAINT organization_key_key UNIQUE (key);
ALTER TABLE ONLY organization
    ADD CONSTRAINT organization_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outbox_event
    ADD CONSTRAINT outbox_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY person_attribute
    ADD CONSTRAINT person_attribute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY person_skill
    ADD CONSTRAINT person_skill_pkey PRIMARY KEY (id);
ALTER TABLE ONLY preference
    ADD CONSTRAINT preference_pkey PRIMARY KEY (id);
ALTER TABLE ONLY profile
    ADD CONSTRAINT profile_person_id_key UNIQUE (person_id);
ALTER TABLE ONLY profile
    ADD CONSTRAINT profile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY program_file
    ADD CONSTRAINT program_file_pkey PRIMARY KEY (id);
ALTER TABLE ONLY program
    ADD CONSTRAINT program_pkey PRIMARY KEY (id);
ALTER TABLE ONLY program_version
    ADD CONSTRAINT program_version_pkey PRIMARY KEY (id);
ALTER TABLE ONLY proposal
    ADD CONSTRAINT proposal_match_id_key UNIQUE (match_id);
ALTER TABLE ONLY proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY push_key
    ADD CONSTRAINT push_key_number_key UNIQUE (number);
ALTER TABLE ONLY push_key
    ADD CONSTRAINT push_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY push_notice
    ADD CONSTRAINT push_notice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY push_subscription
    ADD CONSTRAINT push_subscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY read_mark
    ADD CONSTRAINT read_mark_pkey PRIMARY KEY (id);
ALTER TABLE ONLY receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT role_grant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY scheduled_action
    ADD CONSTRAINT scheduled_action_dedupe_key_key UNIQUE (dedupe_key);
ALTER TABLE ONLY scheduled_action
    ADD CONSTRAINT scheduled_action_pkey PRIMARY KEY (id);
ALTER TABLE ONLY session_absence
    ADD CONSTRAINT session_absence_pkey PRIMARY KEY (id);
ALTER TABLE ONLY session_note
    ADD CONSTRAINT session_note_pkey PRIMARY KEY (id);
ALTER TABLE ONLY session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY shortlist_entry
    ADD CONSTRAINT shortlist_entry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sign_in_letter
    ADD CONSTRAINT sign_in_letter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sign_in_request
    ADD CONSTRAINT sign_in_request_browser_key UNIQUE (browser);
ALTER TABLE ONLY sign_in_request
    ADD CONSTRAINT sign_in_request_pkey PRIMARY KEY (id);
ALTER TABLE ONLY survey_answer
    ADD CONSTRAINT survey_answer_invitation_id_key UNIQUE (invitation_id);
ALTER TABLE ONLY survey_answer
    ADD CONSTRAINT survey_answer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY survey_form
    ADD CONSTRAINT survey_form_pkey PRIMARY KEY (id);
ALTER TABLE ONLY survey_invitation
    ADD CONSTRAINT survey_invitation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY text_vector
    ADD CONSTRAINT text_vector_pkey PRIMARY KEY (id);
ALTER TABLE ONLY thread
    ADD CONSTRAINT thread_match_id_key UNIQUE (match_id);
ALTER TABLE ONLY thread_message
    ADD CONSTRAINT thread_message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY thread
    ADD CONSTRAINT thread_pkey PRIMARY KEY (id);
ALTER TABLE ONLY ticket
    ADD CONSTRAINT ticket_fingerprint_key UNIQUE (fingerprint);
ALTER TABLE ONLY ticket
    ADD CONSTRAINT ticket_pkey PRIMARY KEY (id);
ALTER TABLE ONLY tortoise_migrations
    ADD CONSTRAINT tortoise_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY training_task
    ADD CONSTRAINT training_task_pkey PRIMARY KEY (id);
ALTER TABLE ONLY cohort
    ADD CONSTRAINT uid_cohort_program_780227 UNIQUE (program_id, key);
ALTER TABLE ONLY competency
    ADD CONSTRAINT uid_competency_organiz_a1da7f UNIQUE (organization_id, key);
ALTER TABLE ONLY consent_text
    ADD CONSTRAINT uid_consent_tex_organiz_9e19d6 UNIQUE (organization_id, purpose, version);
ALTER TABLE ONLY course_completion
    ADD CONSTRAINT uid_course_comp_person__342f73 UNIQUE (person_id, course_id);
ALTER TABLE ONLY course
    ADD CONSTRAINT uid_course_organiz_edaf63 UNIQUE (organization_id, key);
ALTER TABLE ONLY course_skill
    ADD CONSTRAINT uid_course_skil_course__f055f8 UNIQUE (course_id, competency_id);
ALTER TABLE ONLY enrollment
    ADD CONSTRAINT uid_enrollment_cohort__e3b21a UNIQUE (cohort_id, person_id, role);
ALTER TABLE ONLY form_invitation
    ADD CONSTRAINT uid_form_invita_match_i_ed7e39 UNIQUE (match_id, person_id, form_key, occasion);
ALTER TABLE ONLY goal_version
    ADD CONSTRAINT uid_goal_versio_goal_id_f9de52 UNIQUE (goal_id, version);
ALTER TABLE ONLY guide_use
    ADD CONSTRAINT uid_guide_use_program_e73f68 UNIQUE (program_id, guide, side);
ALTER TABLE ONLY learned_model
    ADD CONSTRAINT uid_learned_mod_organiz_e0b917 UNIQUE (organization_id, program_type, number);
ALTER TABLE ONLY mailbox_state
    ADD CONSTRAINT uid_mailbox_sta_person__19c860 UNIQUE (person_id, address_mark);
ALTER TABLE ONLY match_member
    ADD CONSTRAINT uid_match_membe_match_i_692d77 UNIQUE (match_id, person_id);
ALTER TABLE ONLY nudge_day
    ADD CONSTRAINT uid_nudge_day_person__805fb1 UNIQUE (person_id, day);
ALTER TABLE ONLY opening_wish
    ADD CONSTRAINT uid_opening_wis_program_d61c1f UNIQUE (program_id, person_id);
ALTER TABLE ONLY person
    ADD CONSTRAINT uid_person_organiz_70d121 UNIQUE (organization_id, employee_id);
ALTER TABLE ONLY person
    ADD CONSTRAINT uid_person_organiz_ecfda1 UNIQUE (organization_id, email);
ALTER TABLE ONLY person_skill
    ADD CONSTRAINT uid_person_skil_person__cdf9ae UNIQUE (person_id, competency_id, side);
ALTER TABLE ONLY preference
    ADD CONSTRAINT uid_preference_enrollm_3ef364 UNIQUE (enrollment_id, about_enrollment_id, kind);
ALTER TABLE ONLY program_file
    ADD CONSTRAINT uid_program_fil_program_470db8 UNIQUE (program_id, digest);
ALTER TABLE ONLY program
    ADD CONSTRAINT uid_program_organiz_267a0e UNIQUE (organization_id, key);
ALTER TABLE ONLY program_version
    ADD CONSTRAINT uid_program_ver_program_3b65b5 UNIQUE (program_id, number);
ALTER TABLE ONLY push_notice
    ADD CONSTRAINT uid_push_notice_message_fb1919 UNIQUE (message_id, subscription_id);
ALTER TABLE ONLY push_subscription
    ADD CONSTRAINT uid_push_subscr_organiz_1fa983 UNIQUE (organization_id, endpoint_mark);
ALTER TABLE ONLY read_mark
    ADD CONSTRAINT uid_read_mark_thread__046c78 UNIQUE (thread_id, person_id);
ALTER TABLE ONLY receipt
    ADD CONSTRAINT uid_receipt_organiz_1ddeaf UNIQUE (organization_id, actor_id, key);
ALTER TABLE ONLY session_absence
    ADD CONSTRAINT uid_session_abs_session_329544 UNIQUE (session_id, person_id);
ALTER TABLE ONLY session_note
    ADD CONSTRAINT uid_session_not_session_f2077b UNIQUE (session_id, author_id, prompt);
ALTER TABLE ONLY shortlist_entry
    ADD CONSTRAINT uid_shortlist_e_enrollm_ec44a7 UNIQUE (enrollment_id, about_enrollment_id);
ALTER TABLE ONLY sign_in_letter
    ADD CONSTRAINT uid_sign_in_let_request_78ed8e UNIQUE (request_id, person_id);
ALTER TABLE ONLY survey_form
    ADD CONSTRAINT uid_survey_form_program_f0b15c UNIQUE (program_id, key, digest);
ALTER TABLE ONLY survey_invitation
    ADD CONSTRAINT uid_survey_invi_match_i_c2c02d UNIQUE (match_id, person_id, kind);
ALTER TABLE ONLY text_vector
    ADD CONSTRAINT uid_text_vector_owner_i_70a010 UNIQUE (owner_id, aspect, model);
ALTER TABLE ONLY tortoise_migrations
    ADD CONSTRAINT uid_tortoise_mi_app_3803a5 UNIQUE (app, name);
ALTER TABLE ONLY training_task
    ADD CONSTRAINT uid_training_ta_enrollm_6d97a8 UNIQUE (enrollment_id, step_key);
ALTER TABLE ONLY weights_version
    ADD CONSTRAINT uid_weights_ver_program_142e8d UNIQUE (program_id, number);
ALTER TABLE ONLY user_session
    ADD CONSTRAINT user_session_fingerprint_key UNIQUE (fingerprint);
ALTER TABLE ONLY user_session
    ADD CONSTRAINT user_session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY waitlist_entry
    ADD CONSTRAINT waitlist_entry_enrollment_id_key UNIQUE (enrollment_id);
ALTER TABLE ONLY waitlist_entry
    ADD CONSTRAINT waitlist_entry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY weights_version
    ADD CONSTRAINT weights_version_pkey PRIMARY KEY (id);
ALTER TABLE ONLY worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (id);
CREATE INDEX ix_absence_session ON session_absence USING btree (organization_id, session_id);
CREATE INDEX ix_action_match ON action_item USING btree (organization_id, match_id, done_at);
CREATE INDEX ix_action_session ON action_item USING btree (organization_id, session_id);
CREATE INDEX ix_agenda_session ON agenda_item USING btree (organization_id, session_id, "position");
CREATE INDEX ix_attribute_person ON person_attribute USING btree (organization_id, person_id, name, valid_from);
CREATE INDEX ix_audit_org_at ON audit_event USING btree (organization_id, at);
CREATE INDEX ix_audit_target ON audit_event USING btree (organization_id, target_id, at);
CREATE INDEX ix_availability_person ON availability_block USING btree (organization_id, person_id);
CREATE INDEX ix_ballot_form ON form_ballot USING btree (form_id, week);
CREATE INDEX ix_caught_at ON caught_mail USING btree (caught_at);
CREATE INDEX ix_cohort_program ON cohort USING btree (organization_id, program_id);
CREATE INDEX ix_competency_parent ON competency USING btree (organization_id, parent_id);
CREATE INDEX ix_completion_course ON course_completion USING btree (organization_id, course_id);
CREATE INDEX ix_completion_person ON course_completion USING btree (organization_id, person_id);
CREATE INDEX ix_conflict_one ON conflict_of_interest USING btree (organization_id, one_id);
CREATE INDEX ix_conflict_other ON conflict_of_interest USING btree (organization_id, other_id);
CREATE INDEX ix_consent_person ON consent USING btree (organization_id, person_id, purpose, at);
CREATE INDEX ix_consent_text ON consent USING btree (organization_id, text_id);
CREATE INDEX ix_course_skill_competency ON course_skill USING btree (organization_id, competency_id);
CREATE INDEX ix_enrollment_cohort ON enrollment USING btree (organization_id, cohort_id, role, state);
CREATE INDEX ix_enrollment_person ON enrollment USING btree (organization_id, person_id, state);
CREATE INDEX ix_enrollment_program ON enrollment USING btree (organization_id, program_id);
CREATE INDEX ix_file_program ON program_file USING btree (organization_id, program_id);
CREATE INDEX ix_form_person ON form_invitation USING btree (organization_id, person_id, state);
CREATE INDEX ix_form_state ON form_invitation USING btree (form_id, state);
CREATE INDEX ix_goal_competency ON goal USING btree (organization_id, competency_id);
CREATE INDEX ix_goal_enrollment ON goal USING btree (organization_id, enrollment_id);
CREATE INDEX ix_goal_match ON goal USING btree (organization_id, match_id);
CREATE INDEX ix_goal_person ON goal USING btree (organization_id, person_id);
CREATE INDEX ix_import_org ON import_run USING btree (organization_id, created_at);
CREATE INDEX ix_match_cohort ON match USING btree (organization_id, cohort_id, state);
CREATE INDEX ix_match_program ON match USING btree (organization_id, program_id, state);
CREATE INDEX ix_match_run ON match USING btree (organization_id, run_id);
CREATE INDEX ix_member_enrollment ON match_member USING btree (organization_id, enrollment_id);
CREATE INDEX ix_member_person ON match_member USING btree (organization_id, person_id);
CREATE INDEX ix_message_due ON message USING btree (state, due_at);
CREATE INDEX ix_message_fallback ON message USING btree (falls_back_at);
CREATE INDEX ix_message_program ON message USING btree (organization_id, program_id, created_at);
CREATE INDEX ix_message_recipient ON message USING btree (organization_id, recipient_id, created_at);
CREATE INDEX ix_message_subject ON message USING btree (organization_id, subject_id);
CREATE INDEX ix_milestone_goal ON milestone USING btree (organization_id, goal_id, "position");
CREATE INDEX ix_note_session ON session_note USING btree (organization_id, session_id);
CREATE INDEX ix_opening_open ON opening_wish USING btree (organization_id, program_id, told_at);
CREATE INDEX ix_outbox_open ON outbox_event USING btree (delivered_at, not_before);
CREATE INDEX ix_outbox_subject ON outbox_event USING btree (organization_id, subject_id);
CREATE INDEX ix_override_cohort ON match_override USING btree (organization_id, cohort_id, kind);
CREATE INDEX ix_person_email ON person USING btree (email);
CREATE INDEX ix_person_manager ON person USING btree (organization_id, line_manager_id);
CREATE INDEX ix_person_name ON person USING btree (organization_id, family_name, given_name);
CREATE INDEX ix_preference_about ON preference USING btree (organization_id, about_enrollment_id);
CREATE INDEX ix_proposal_program ON proposal USING btree (organization_id, program_id, at);
CREATE INDEX ix_push_key ON push_subscription USING btree (key_id);
CREATE INDEX ix_push_notice_due ON push_notice USING btree (state, due_at);
CREATE INDEX ix_push_notice_to ON push_notice USING btree (subscription_id);
CREATE INDEX ix_push_person ON push_subscription USING btree (organization_id, person_id);
CREATE INDEX ix_push_session ON push_subscription USING btree (session_id);
CREATE INDEX ix_receipt_at ON receipt USING btree (at);
CREATE INDEX ix_role_person ON role_grant USING btree (organization_id, person_id);
CREATE INDEX ix_run_cohort ON match_run USING btree (organization_id, cohort_id, started_at);
CREATE INDEX ix_run_program ON match_run USING btree (organization_id, program_id);
CREATE INDEX ix_scheduled_due ON scheduled_action USING btree (state, due_at);
CREATE INDEX ix_scheduled_recipient ON scheduled_action USING btree (organization_id, recipient_id, due_at);
CREATE INDEX ix_scheduled_subject ON scheduled_action USING btree (organization_id, subject_id);
CREATE INDEX ix_session_due ON session USING btree (state, ends_at);
CREATE INDEX ix_session_match ON session USING btree (organization_id, match_id, starts_at);
CREATE INDEX ix_session_person ON user_session USING btree (organization_id, person_id);
CREATE INDEX ix_session_series ON session USING btree (organization_id, series_id);
CREATE INDEX ix_shortlist_cohort ON shortlist_entry USING btree (organization_id, cohort_id, about_enrollment_id);
CREATE INDEX ix_sign_in_address ON sign_in_request USING btree (address_mark, created_at);
CREATE INDEX ix_sign_in_created ON sign_in_request USING btree (created_at);
CREATE INDEX ix_sign_in_letter_person ON sign_in_letter USING btree (organization_id, person_id);
CREATE INDEX ix_sign_in_network ON sign_in_request USING btree (network_mark, created_at);
CREATE INDEX ix_skill_competency ON person_skill USING btree (organization_id, competency_id);
CREATE INDEX ix_skill_person ON person_skill USING btree (organization_id, person_id, side);
CREATE INDEX ix_suggestion_mentee ON match_suggestion USING btree (organization_id, run_id, mentee_enrollment_id, rank);
CREATE INDEX ix_suggestion_mentor ON match_suggestion USING btree (organization_id, run_id, mentor_enrollment_id);
CREATE INDEX ix_survey_person ON survey_invitation USING btree (organization_id, person_id, state);
CREATE INDEX ix_survey_program ON survey_invitation USING btree (organization_id, program_id, answered_at);
CREATE INDEX ix_thread_message ON thread_message USING btree (organization_id, thread_id, sent_at);
CREATE INDEX ix_ticket_person ON ticket USING btree (organization_id, person_id);
CREATE INDEX ix_ticket_session ON ticket USING btree (session_id);
CREATE INDEX ix_trial_person ON match_trial USING btree (organization_id, person_id, created_at);
CREATE INDEX ix_vector_org ON text_vector USING btree (organization_id, owner_kind, model);
CREATE INDEX ix_version_program ON program_version USING btree (organization_id, program_id);
CREATE INDEX ix_waitlist_order ON waitlist_entry USING btree (organization_id, cohort_id, left_at, since);
CREATE INDEX ix_weights_program ON weights_version USING btree (organization_id, program_id);
CREATE UNIQUE INDEX uq_cohort_org ON cohort USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_competency_org ON competency USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_consent_text_org ON consent_text USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_course_org ON course USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_enrollment_org ON enrollment USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_form_invitation_org ON form_invitation USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_goal_org ON goal USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_match_org ON match USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_match_run_org ON match_run USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_message_org ON message USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_person_org ON person USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_program_org ON program USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_push_subscription_org ON push_subscription USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_session_org ON session USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_survey_form_org ON survey_form USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_survey_invitation_org ON survey_invitation USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_thread_org ON thread USING btree (organization_id, id);
CREATE UNIQUE INDEX uq_user_session_org ON user_session USING btree (organization_id, id);
CREATE TRIGGER proposal_written_once BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION proposal_written_once();
ALTER TABLE ONLY action_item
    ADD CONSTRAINT action_item_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE SET NULL;
ALTER TABLE ONLY agenda_item
    ADD CONSTRAINT agenda_item_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE;
ALTER TABLE ONLY availability_block
    ADD CONSTRAINT availability_block_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY cohort
    ADD CONSTRAINT cohort_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE RESTRICT;
ALTER TABLE ONLY competency
    ADD CONSTRAINT competency_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE RESTRICT;
ALTER TABLE ONLY competency
    ADD CONSTRAINT competency_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES competency(id) ON DELETE SET NULL;
ALTER TABLE ONLY consent
    ADD CONSTRAINT consent_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY consent
    ADD CONSTRAINT consent_text_id_fkey FOREIGN KEY (text_id) REFERENCES consent_text(id) ON DELETE RESTRICT;
ALTER TABLE ONLY course_completion
    ADD CONSTRAINT course_completion_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id) ON DELETE CASCADE;
ALTER TABLE ONLY course_completion
    ADD CONSTRAINT course_completion_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY course
    ADD CONSTRAINT course_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE RESTRICT;
ALTER TABLE ONLY course_skill
    ADD CONSTRAINT course_skill_competency_id_fkey FOREIGN KEY (competency_id) REFERENCES competency(id) ON DELETE CASCADE;
ALTER TABLE ONLY course_skill
    ADD CONSTRAINT course_skill_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id) ON DELETE CASCADE;
ALTER TABLE ONLY enrollment
    ADD CONSTRAINT enrollment_cohort_id_fkey FOREIGN KEY (cohort_id) REFERENCES cohort(id) ON DELETE RESTRICT;
ALTER TABLE ONLY enrollment
    ADD CONSTRAINT enrollment_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE RESTRICT;
ALTER TABLE ONLY enrollment
    ADD CONSTRAINT enrollment_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE RESTRICT;
ALTER TABLE ONLY action_item
    ADD CONSTRAINT fk_action_item_session_id_org FOREIGN KEY (organization_id, session_id) REFERENCES session(organization_id, id) ON DELETE SET NULL (session_id);
ALTER TABLE ONLY agenda_item
    ADD CONSTRAINT fk_agenda_item_session_id_org FOREIGN KEY (organization_id, session_id) REFERENCES session(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY availability_block
    ADD CONSTRAINT fk_availability_block_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY cohort
    ADD CONSTRAINT fk_cohort_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY competency
    ADD CONSTRAINT fk_competency_parent_id_org FOREIGN KEY (organization_id, parent_id) REFERENCES competency(organization_id, id) ON DELETE SET NULL (parent_id);
ALTER TABLE ONLY consent
    ADD CONSTRAINT fk_consent_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY consent
    ADD CONSTRAINT fk_consent_text_id_org FOREIGN KEY (organization_id, text_id) REFERENCES consent_text(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY course_completion
    ADD CONSTRAINT fk_course_completion_course_id_org FOREIGN KEY (organization_id, course_id) REFERENCES course(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY course_completion
    ADD CONSTRAINT fk_course_completion_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY course_skill
    ADD CONSTRAINT fk_course_skill_competency_id_org FOREIGN KEY (organization_id, competency_id) REFERENCES competency(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY course_skill
    ADD CONSTRAINT fk_course_skill_course_id_org FOREIGN KEY (organization_id, course_id) REFERENCES course(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY enrollment
    ADD CONSTRAINT fk_enrollment_cohort_id_org FOREIGN KEY (organization_id, cohort_id) REFERENCES cohort(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY enrollment
    ADD CONSTRAINT fk_enrollment_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY enrollment
    ADD CONSTRAINT fk_enrollment_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY form_answer
    ADD CONSTRAINT fk_form_answer_invitation_id_org FOREIGN KEY (organization_id, invitation_id) REFERENCES form_invitation(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY form_ballot
    ADD CONSTRAINT fk_form_ballot_form_id_org FOREIGN KEY (organization_id, form_id) REFERENCES survey_form(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY form_invitation
    ADD CONSTRAINT fk_form_invitation_form_id_org FOREIGN KEY (organization_id, form_id) REFERENCES survey_form(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY form_invitation
    ADD CONSTRAINT fk_form_invitation_match_id_org FOREIGN KEY (organization_id, match_id) REFERENCES match(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY goal
    ADD CONSTRAINT fk_goal_competency_id_org FOREIGN KEY (organization_id, competency_id) REFERENCES competency(organization_id, id) ON DELETE SET NULL (competency_id);
ALTER TABLE ONLY goal
    ADD CONSTRAINT fk_goal_enrollment_id_org FOREIGN KEY (organization_id, enrollment_id) REFERENCES enrollment(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY goal_version
    ADD CONSTRAINT fk_goal_version_goal_id_org FOREIGN KEY (organization_id, goal_id) REFERENCES goal(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY guide_use
    ADD CONSTRAINT fk_guide_use_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY mailbox_state
    ADD CONSTRAINT fk_mailbox_state_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY match
    ADD CONSTRAINT fk_match_cohort_id_org FOREIGN KEY (organization_id, cohort_id) REFERENCES cohort(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_member
    ADD CONSTRAINT fk_match_member_enrollment_id_org FOREIGN KEY (organization_id, enrollment_id) REFERENCES enrollment(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_member
    ADD CONSTRAINT fk_match_member_match_id_org FOREIGN KEY (organization_id, match_id) REFERENCES match(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY match_member
    ADD CONSTRAINT fk_match_member_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_note
    ADD CONSTRAINT fk_match_note_match_id_org FOREIGN KEY (organization_id, match_id) REFERENCES match(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY match
    ADD CONSTRAINT fk_match_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_run
    ADD CONSTRAINT fk_match_run_cohort_id_org FOREIGN KEY (organization_id, cohort_id) REFERENCES cohort(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_run
    ADD CONSTRAINT fk_match_run_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_suggestion
    ADD CONSTRAINT fk_match_suggestion_run_id_org FOREIGN KEY (organization_id, run_id) REFERENCES match_run(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY message
    ADD CONSTRAINT fk_message_recipient_id_org FOREIGN KEY (organization_id, recipient_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY milestone
    ADD CONSTRAINT fk_milestone_goal_id_org FOREIGN KEY (organization_id, goal_id) REFERENCES goal(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY nudge_day
    ADD CONSTRAINT fk_nudge_day_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY opening_wish
    ADD CONSTRAINT fk_opening_wish_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY opening_wish
    ADD CONSTRAINT fk_opening_wish_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY person_attribute
    ADD CONSTRAINT fk_person_attribute_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY person
    ADD CONSTRAINT fk_person_line_manager_id_org FOREIGN KEY (organization_id, line_manager_id) REFERENCES person(organization_id, id) ON DELETE SET NULL (line_manager_id);
ALTER TABLE ONLY person_skill
    ADD CONSTRAINT fk_person_skill_competency_id_org FOREIGN KEY (organization_id, competency_id) REFERENCES competency(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY person_skill
    ADD CONSTRAINT fk_person_skill_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY profile
    ADD CONSTRAINT fk_profile_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY program_file
    ADD CONSTRAINT fk_program_file_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY program_version
    ADD CONSTRAINT fk_program_version_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY proposal
    ADD CONSTRAINT fk_proposal_match_id_org FOREIGN KEY (organization_id, match_id) REFERENCES match(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY push_notice
    ADD CONSTRAINT fk_push_notice_message_id_org FOREIGN KEY (organization_id, message_id) REFERENCES message(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY push_notice
    ADD CONSTRAINT fk_push_notice_subscription_id_org FOREIGN KEY (organization_id, subscription_id) REFERENCES push_subscription(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY push_subscription
    ADD CONSTRAINT fk_push_subscription_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY push_subscription
    ADD CONSTRAINT fk_push_subscription_session_id_org FOREIGN KEY (organization_id, session_id) REFERENCES user_session(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY read_mark
    ADD CONSTRAINT fk_read_mark_thread_id_org FOREIGN KEY (organization_id, thread_id) REFERENCES thread(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT fk_role_grant_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY session_absence
    ADD CONSTRAINT fk_session_absence_session_id_org FOREIGN KEY (organization_id, session_id) REFERENCES session(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY session
    ADD CONSTRAINT fk_session_match_id_org FOREIGN KEY (organization_id, match_id) REFERENCES match(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY session_note
    ADD CONSTRAINT fk_session_note_session_id_org FOREIGN KEY (organization_id, session_id) REFERENCES session(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY sign_in_letter
    ADD CONSTRAINT fk_sign_in_letter_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY survey_answer
    ADD CONSTRAINT fk_survey_answer_invitation_id_org FOREIGN KEY (organization_id, invitation_id) REFERENCES survey_invitation(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY survey_invitation
    ADD CONSTRAINT fk_survey_invitation_match_id_org FOREIGN KEY (organization_id, match_id) REFERENCES match(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY thread
    ADD CONSTRAINT fk_thread_match_id_org FOREIGN KEY (organization_id, match_id) REFERENCES match(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY thread_message
    ADD CONSTRAINT fk_thread_message_thread_id_org FOREIGN KEY (organization_id, thread_id) REFERENCES thread(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY ticket
    ADD CONSTRAINT fk_ticket_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY ticket
    ADD CONSTRAINT fk_ticket_session_id_org FOREIGN KEY (organization_id, session_id) REFERENCES user_session(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY training_task
    ADD CONSTRAINT fk_training_task_enrollment_id_org FOREIGN KEY (organization_id, enrollment_id) REFERENCES enrollment(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY user_session
    ADD CONSTRAINT fk_user_session_person_id_org FOREIGN KEY (organization_id, person_id) REFERENCES person(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY waitlist_entry
    ADD CONSTRAINT fk_waitlist_entry_enrollment_id_org FOREIGN KEY (organization_id, enrollment_id) REFERENCES enrollment(organization_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY weights_version
    ADD CONSTRAINT fk_weights_version_program_id_org FOREIGN KEY (organization_id, program_id) REFERENCES program(organization_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY form_answer
    ADD CONSTRAINT form_answer_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES form_invitation(id) ON DELETE CASCADE;
ALTER TABLE ONLY form_ballot
    ADD CONSTRAINT form_ballot_form_id_fkey FOREIGN KEY (form_id) REFERENCES survey_form(id) ON DELETE CASCADE;
ALTER TABLE ONLY form_invitation
    ADD CONSTRAINT form_invitation_form_id_fkey FOREIGN KEY (form_id) REFERENCES survey_form(id) ON DELETE CASCADE;
ALTER TABLE ONLY form_invitation
    ADD CONSTRAINT form_invitation_match_id_fkey FOREIGN KEY (match_id) REFERENCES match(id) ON DELETE CASCADE;
ALTER TABLE ONLY goal
    ADD CONSTRAINT goal_competency_id_fkey FOREIGN KEY (competency_id) REFERENCES competency(id) ON DELETE SET NULL;
ALTER TABLE ONLY goal
    ADD CONSTRAINT goal_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES enrollment(id) ON DELETE RESTRICT;
ALTER TABLE ONLY goal_version
    ADD CONSTRAINT goal_version_goal_id_fkey FOREIGN KEY (goal_id) REFERENCES goal(id) ON DELETE CASCADE;
ALTER TABLE ONLY guide_use
    ADD CONSTRAINT guide_use_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE CASCADE;
ALTER TABLE ONLY mailbox_state
    ADD CONSTRAINT mailbox_state_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY match
    ADD CONSTRAINT match_cohort_id_fkey FOREIGN KEY (cohort_id) REFERENCES cohort(id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_member
    ADD CONSTRAINT match_member_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES enrollment(id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_member
    ADD CONSTRAINT match_member_match_id_fkey FOREIGN KEY (match_id) REFERENCES match(id) ON DELETE CASCADE;
ALTER TABLE ONLY match_member
    ADD CONSTRAINT match_member_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_note
    ADD CONSTRAINT match_note_match_id_fkey FOREIGN KEY (match_id) REFERENCES match(id) ON DELETE CASCADE;
ALTER TABLE ONLY match
    ADD CONSTRAINT match_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_run
    ADD CONSTRAINT match_run_cohort_id_fkey FOREIGN KEY (cohort_id) REFERENCES cohort(id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_run
    ADD CONSTRAINT match_run_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE RESTRICT;
ALTER TABLE ONLY match_suggestion
    ADD CONSTRAINT match_suggestion_run_id_fkey FOREIGN KEY (run_id) REFERENCES match_run(id) ON DELETE CASCADE;
ALTER TABLE ONLY message
    ADD CONSTRAINT message_recipient_id_fkey FOREIGN KEY (recipient_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY milestone
    ADD CONSTRAINT milestone_goal_id_fkey FOREIGN KEY (goal_id) REFERENCES goal(id) ON DELETE CASCADE;
ALTER TABLE ONLY nudge_day
    ADD CONSTRAINT nudge_day_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY opening_wish
    ADD CONSTRAINT opening_wish_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY opening_wish
    ADD CONSTRAINT opening_wish_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE CASCADE;
ALTER TABLE ONLY person_attribute
    ADD CONSTRAINT person_attribute_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY person
    ADD CONSTRAINT person_line_manager_id_fkey FOREIGN KEY (line_manager_id) REFERENCES person(id) ON DELETE SET NULL;
ALTER TABLE ONLY person
    ADD CONSTRAINT person_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE RESTRICT;
ALTER TABLE ONLY person_skill
    ADD CONSTRAINT person_skill_competency_id_fkey FOREIGN KEY (competency_id) REFERENCES competency(id) ON DELETE CASCADE;
ALTER TABLE ONLY person_skill
    ADD CONSTRAINT person_skill_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY profile
    ADD CONSTRAINT profile_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY program_file
    ADD CONSTRAINT program_file_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE CASCADE;
ALTER TABLE ONLY program
    ADD CONSTRAINT program_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE RESTRICT;
ALTER TABLE ONLY program_version
    ADD CONSTRAINT program_version_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE RESTRICT;
ALTER TABLE ONLY proposal
    ADD CONSTRAINT proposal_match_id_fkey FOREIGN KEY (match_id) REFERENCES match(id) ON DELETE CASCADE;
ALTER TABLE ONLY push_notice
    ADD CONSTRAINT push_notice_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE;
ALTER TABLE ONLY push_notice
    ADD CONSTRAINT push_notice_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES push_subscription(id) ON DELETE CASCADE;
ALTER TABLE ONLY push_subscription
    ADD CONSTRAINT push_subscription_key_id_fkey FOREIGN KEY (key_id) REFERENCES push_key(id) ON DELETE CASCADE;
ALTER TABLE ONLY push_subscription
    ADD CONSTRAINT push_subscription_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY push_subscription
    ADD CONSTRAINT push_subscription_session_id_fkey FOREIGN KEY (session_id) REFERENCES user_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY read_mark
    ADD CONSTRAINT read_mark_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES thread(id) ON DELETE CASCADE;
ALTER TABLE ONLY role_grant
    ADD CONSTRAINT role_grant_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY session_absence
    ADD CONSTRAINT session_absence_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE;
ALTER TABLE ONLY session
    ADD CONSTRAINT session_match_id_fkey FOREIGN KEY (match_id) REFERENCES match(id) ON DELETE RESTRICT;
ALTER TABLE ONLY session_note
    ADD CONSTRAINT session_note_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE;
ALTER TABLE ONLY sign_in_letter
    ADD CONSTRAINT sign_in_letter_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY sign_in_letter
    ADD CONSTRAINT sign_in_letter_request_id_fkey FOREIGN KEY (request_id) REFERENCES sign_in_request(id) ON DELETE CASCADE;
ALTER TABLE ONLY survey_answer
    ADD CONSTRAINT survey_answer_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES survey_invitation(id) ON DELETE CASCADE;
ALTER TABLE ONLY survey_invitation
    ADD CONSTRAINT survey_invitation_match_id_fkey FOREIGN KEY (match_id) REFERENCES match(id) ON DELETE CASCADE;
ALTER TABLE ONLY thread
    ADD CONSTRAINT thread_match_id_fkey FOREIGN KEY (match_id) REFERENCES match(id) ON DELETE CASCADE;
ALTER TABLE ONLY thread_message
    ADD CONSTRAINT thread_message_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES thread(id) ON DELETE CASCADE;
ALTER TABLE ONLY ticket
    ADD CONSTRAINT ticket_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY ticket
    ADD CONSTRAINT ticket_session_id_fkey FOREIGN KEY (session_id) REFERENCES user_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY training_task
    ADD CONSTRAINT training_task_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES enrollment(id) ON DELETE CASCADE;
ALTER TABLE ONLY user_session
    ADD CONSTRAINT user_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;
ALTER TABLE ONLY waitlist_entry
    ADD CONSTRAINT waitlist_entry_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES enrollment(id) ON DELETE CASCADE;
ALTER TABLE ONLY weights_version
    ADD CONSTRAINT weights_version_program_id_fkey FOREIGN KEY (program_id) REFERENCES program(id) ON DELETE RESTRICT;
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
