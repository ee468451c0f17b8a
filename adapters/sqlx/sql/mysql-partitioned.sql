-- The table of claims in eight partitions. Run it before `migrate()`, which then makes the rest.
CREATE TABLE webhook_event (
    event_key   BINARY(32)  NOT NULL PRIMARY KEY,
    fingerprint BINARY(16)  NOT NULL,
    fence       BIGINT      NOT NULL,
    lease_until DATETIME(6) NOT NULL,
    expires_at  DATETIME(6) NOT NULL,
    purge_at    DATETIME(6) NOT NULL,
    attempts    INT         NOT NULL,
    state       CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    INDEX webhook_event_expiry (purge_at)
) ENGINE = InnoDB PARTITION BY KEY (event_key) PARTITIONS 8;
