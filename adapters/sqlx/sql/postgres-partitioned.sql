-- The table of claims in eight partitions. Run it before `migrate()`, which then makes the rest.
CREATE TABLE webhook_event (
    event_key   bytea       NOT NULL CHECK (octet_length(event_key) = 32),
    fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 16),
    fence       bigint      NOT NULL,
    lease_until timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    purge_at    timestamptz NOT NULL,
    attempts    integer     NOT NULL,
    state       "char"      NOT NULL CHECK (state IN ('C', 'D', 'R')),
    PRIMARY KEY (event_key)
) PARTITION BY HASH (event_key);
CREATE TABLE webhook_event_0 PARTITION OF webhook_event FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE webhook_event_1 PARTITION OF webhook_event FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE webhook_event_2 PARTITION OF webhook_event FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE webhook_event_3 PARTITION OF webhook_event FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE webhook_event_4 PARTITION OF webhook_event FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE webhook_event_5 PARTITION OF webhook_event FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE webhook_event_6 PARTITION OF webhook_event FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE webhook_event_7 PARTITION OF webhook_event FOR VALUES WITH (MODULUS 8, REMAINDER 7);
