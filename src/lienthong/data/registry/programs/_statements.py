"""How judged records are written, set by set: what the services and the intake program run, one after the other."""

# Whoever writes to a source waits for whoever does already.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('data.registry.source'), %(source)s)"
# Made once in a session and emptied after use: tables that come and go with each record would swell the catalogue, and
# the locks of those gone would pile up until the transaction ends.
STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS incoming (
    key text NOT NULL, version bigint, payload jsonb NOT NULL, digest bytea NOT NULL,
    territory text NOT NULL, search text NOT NULL, valid_from date, closed boolean NOT NULL,
    raw bigint, place bigint GENERATED ALWAYS AS IDENTITY
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS late (LIKE incoming) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS standing (
    key text, version bigint, digest bytea, raw bigint, valid_from date, last bigint
) ON COMMIT DELETE ROWS;
"""
LAST_OF_EACH_DAY = """
DELETE FROM incoming i USING (
    SELECT key, valid_from, max(place) AS place FROM incoming GROUP BY key, valid_from HAVING count(*) > 1
) last
WHERE i.key = last.key AND i.valid_from IS NOT DISTINCT FROM last.valid_from AND i.place < last.place
"""
# An undated row beside a dated one has no place in the order of days: the last told counts.
LAST_OF_EACH = """
DELETE FROM incoming i USING (SELECT key, max(place) AS place FROM incoming GROUP BY key HAVING count(*) > 1) last
WHERE i.key = last.key AND i.place < last.place
"""
# A key with a history has one row that stands, even when that says that the record has ended. The version a sender gives
# must be above every one there is, and late facts have some too. Each key is looked up by itself (LIMIT keeps the planner
# to it), so that a batch costs the same however much the register holds.
STANDING = """
INSERT INTO standing
SELECT r.key, r.version, r.digest, r.raw, r.valid_from, CASE WHEN i.numbered THEN (
    SELECT max(v.version) FROM data_registry_record v WHERE v.source_id = %(source)s AND v.key = i.key
) END
FROM (SELECT key, bool_or(version IS NOT NULL) AS numbered FROM incoming GROUP BY key) i
CROSS JOIN LATERAL (
    SELECT * FROM data_registry_record c WHERE c.source_id = %(source)s AND c.key = i.key AND c.known_to IS NULL LIMIT 1
) r
"""
# What was true before what is told beside it or known already is set apart from what may become current.
LATE = """
WITH newest AS (SELECT key, max(valid_from) AS valid_from FROM incoming GROUP BY key)
INSERT INTO late SELECT i.* FROM incoming i JOIN newest ON newest.key = i.key LEFT JOIN standing s ON s.key = i.key
WHERE NOT i.closed AND i.valid_from < greatest(newest.valid_from, s.valid_from)
"""
# Known is what was told last for that day: what an earlier version said may be said again.
FORGET_KNOWN_LATE = """
WITH apart AS (DELETE FROM incoming i USING late WHERE i.place = late.place)
DELETE FROM late USING data_registry_record r
WHERE r.source_id = %(source)s AND r.key = late.key AND r.valid_from = late.valid_from AND r.digest = late.digest
  AND NOT EXISTS (
    SELECT FROM data_registry_record v
    WHERE v.source_id = r.source_id AND v.key = r.key AND v.valid_from = r.valid_from AND v.version > r.version
  )
"""
INSERT_LATE = """
INSERT INTO data_registry_record
    (source_id, key, version, payload, digest, territory, search, valid_from, valid_to, known_from, known_to, closed, late,
     import_id, by)
SELECT %(source)s, l.key, coalesce(last.version, 0) + row_number() OVER (PARTITION BY l.key ORDER BY l.valid_from),
       l.payload, l.digest, l.territory, l.search, l.valid_from, next.valid_from, %(at)s, %(at)s, false, true,
       %(import)s, %(by)s
FROM late l
LEFT JOIN LATERAL (
    SELECT max(r.version) AS version FROM data_registry_record r WHERE r.source_id = %(source)s AND r.key = l.key
) last ON true
LEFT JOIN LATERAL (
    SELECT min(valid_from) AS valid_from FROM (
        SELECT r.valid_from FROM data_registry_record r WHERE r.source_id = %(source)s AND r.key = l.key
        UNION ALL SELECT i.valid_from FROM incoming i WHERE i.key = l.key
        UNION ALL SELECT o.valid_from FROM late o WHERE o.key = l.key
    ) told WHERE told.valid_from > l.valid_from
) next ON true
"""
END_BEFORE_LATE = """
UPDATE data_registry_record r SET valid_to = next.day
FROM (
    SELECT o.key, o.version, min(l.valid_from) AS day FROM data_registry_record o
    JOIN late l ON l.key = o.key AND l.valid_from > o.valid_from AND l.valid_from < o.valid_to
    WHERE o.source_id = %(source)s GROUP BY o.key, o.version
) next
WHERE r.source_id = %(source)s AND r.key = next.key AND r.version = next.version
"""
CONFLICTS = """
SELECT i.key, s.last, i.version FROM incoming i JOIN standing s ON s.key = i.key
WHERE i.version <= s.last AND i.digest <> s.digest ORDER BY i.key
"""
# Supersedes what differs and has no version or a higher one; the insert follows by the same test.
# A successor that becomes true later ends the time in which its forerunner was true; one from the same day corrects it.
SUPERSEDE = """
WITH superseded AS (
UPDATE data_registry_record r
SET known_to = %(at)s, valid_to = CASE WHEN i.valid_from > r.valid_from THEN i.valid_from ELSE r.valid_to END
FROM incoming i JOIN standing s ON s.key = i.key
WHERE r.source_id = %(source)s AND r.key = s.key AND r.version = s.version
  AND i.digest <> s.digest AND (i.version IS NULL OR i.version > s.last)
RETURNING r.closed
) SELECT count(*), count(*) FILTER (WHERE NOT closed) FROM superseded
"""
INSERT = """
WITH inserted AS (
INSERT INTO data_registry_record
    (source_id, key, version, payload, digest, raw, territory, search, valid_from, known_from, closed, import_id, by)
SELECT %(source)s, i.key, coalesce(i.version, coalesce(last.version, 0) + 1), i.payload, i.digest, i.raw,
       i.territory, i.search, i.valid_from, %(at)s, i.closed, %(import)s, %(by)s
FROM incoming i LEFT JOIN standing s ON s.key = i.key
LEFT JOIN LATERAL (
    SELECT max(r.version) AS version FROM data_registry_record r
    WHERE (s.key IS NOT NULL OR %(late)s) AND r.source_id = %(source)s AND r.key = i.key
) last ON true
WHERE s.key IS NULL OR i.digest <> s.digest AND (i.version IS NULL OR i.version > s.last)
RETURNING closed
) SELECT count(*), count(*) FILTER (WHERE NOT closed) FROM inserted
"""
COUNT = """
UPDATE data_registry_source SET records = records + %(more)s, changed_at = %(at)s WHERE id = %(source)s
"""

# What says the same in other cells keeps its version; the cells are noted, so that next time they are known at once.
SAME_OTHERWISE_WRITTEN = """
UPDATE data_registry_record r SET raw = i.raw FROM incoming i JOIN standing s ON s.key = i.key
WHERE r.source_id = %(source)s AND r.key = s.key AND r.version = s.version AND r.known_to IS NULL
  AND s.raw IS DISTINCT FROM i.raw AND i.raw IS NOT NULL AND i.digest = s.digest
"""
XID = "SELECT (pg_current_xact_id()::text)::bigint"
CLEAR = "TRUNCATE incoming, standing, late"
