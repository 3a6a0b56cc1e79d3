-- Trained models: the files themselves, so that every process evaluates the same bytes, with what they were
-- trained on and how they did on dates that they had not seen.
create table predictions.model (
    model_id text primary key,
    system_id text not null,
    format text not null check (format in ('xgboost_json', 'catboost_cbm', 'catboost_json')),
    file_name text not null,
    sha256 bytea not null check (sha256 = sha256(bytes)),
    bytes bytea not null,
    feature_version text not null,
    feature_names text[] not null, -- of the model's inputs in its order; '' for one that no tree asks for
    base text not null,            -- what the trees' sum is added to
    training_start date,
    training_end date,
    training_rows integer,
    evaluation_start date,
    evaluation_end date,
    evaluation_rows integer,
    metrics jsonb,
    params jsonb,
    build text not null,
    status text not null check (status in ('candidate', 'promoted', 'rolled_back', 'retired')),
    created_at timestamptz not null,
    created_by text not null,
    unique (system_id, sha256),
    constraint model_windows_are_whole check (
        (training_start is null) = (training_end is null) and (evaluation_start is null) = (evaluation_end is null)),
    constraint model_training_ends_after_it_starts check (training_start <= training_end),
    constraint model_evaluation_ends_after_it_starts check (evaluation_start <= evaluation_end),
    constraint model_is_evaluated_on_later_dates check (
        evaluation_start is null or (training_end is not null and evaluation_start > training_end))
);
alter table predictions.model alter column bytes set storage external;
create index model_promoted on predictions.model (system_id) where status = 'promoted';

-- Who did what to which model, and when. The largest id is the registry's version: processes that keep models
-- read them again when it has moved.
create table predictions.model_event (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    by text not null,
    action text not null check (action in ('register', 'promote', 'rollback', 'retire', 'champion')),
    model_id text references predictions.model,
    system_id text not null,
    reason text,
    check (action = 'champion' or model_id is not null),
    check (action <> 'rollback' or reason is not null)
);
create index model_event_of_model on predictions.model_event (model_id, id);
